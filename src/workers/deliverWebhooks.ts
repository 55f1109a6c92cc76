import type { Log } from '#core/kit/log.ts';
import type { Clock, Timers } from '#core/kit/world.ts';
import type { DeliverWebhook } from '#core/webhooks/deliver.ts';
import type { Delivery, Standing } from '#core/webhooks/delivery.ts';
import type { DeliveryQueue } from '#core/webhooks/ports.ts';
import { ATTEMPT_TIMEOUT_MS } from '#core/webhooks/send.ts';

const LOOK_EVERY_MS = 1000;
/** Longer than any attempt with all that is written about it: who holds a delivery for longer has died. */
const LEASE_MS = 2 * ATTEMPT_TIMEOUT_MS + 15_000;
/** An answer that takes longer is slow. */
const SLOW_MS = 2000;
/** Deliveries in hand at endpoints that answer in time, and at those that don't: the second never take the place of the first. */
const AT_ONCE_MAX = { well: 512, ailing: 256 };
/** Also counting those that became slow in hand. */
const IN_HAND_MAX = 4096;
/** At one endpoint. It begins with one, and has more with each success. */
const LANE_MAX = { well: 8, slow: 4, failing: 1 };
const LANES_MAX = 10_000;
/** What is in hand when the worker stops gets this long; the rest is sent again after the next start. */
const STOP_WAIT_MS = 2000;

export type DeliverWebhooksDeps = {
  queue: Pick<DeliveryQueue, 'ready' | 'take' | 'subscribe'>;
  deliverWebhook: DeliverWebhook;
  clock: Clock;
  timers: Timers;
  log: Log;
};

type Pool = 'well' | 'ailing';
type Lane = {
  health: keyof typeof LANE_MAX;
  limit: number;
  inHand: number;
  /** Monotonic: the endpoint asked to be left alone until then, or its queue could not be read. */
  quietUntil: number;
};
type InHand = { lane: Lane; since: number; pool: Pool };

/**
 * Delivers what is due, endpoint by endpoint in turn. Each endpoint has a lane of its own; one that fails or is slow goes on in a narrow lane and
 * draws from a supply of its own, so that whatever it does, it delays itself only.
 *
 *   lanes   what is known of an endpoint, and how much of it is in hand
 *   lines   endpoints that may have something due, each once; the first is given one delivery and goes to the end
 */
export function createDeliverWebhooks({ queue, deliverWebhook, clock, timers, log }: DeliverWebhooksDeps) {
  const lines: Record<Pool, Set<string>> = { well: new Set(), ailing: new Set() };
  const lanes = new Map<string, Lane>();
  const inHand = new Set<InHand>();
  const taking = new Set<Promise<void>>();
  const used: Record<Pool, number> = { well: 0, ailing: 0 };
  let looking: Promise<void> | null = null;
  let isAskedAgain = false;
  let stopped = false;
  let isOver = false;

  /** One look at a time; who asks meanwhile gets another after it. */
  function wake(): void {
    if (stopped) return;
    if (looking !== null) {
      isAskedAgain = true;
      return;
    }
    isAskedAgain = false;
    looking = look()
      .catch((fault: unknown) => log.error('the deliveries that are due could not be read', { fault }))
      .finally(() => {
        looking = null;
        if (isAskedAgain) wake();
      });
  }

  async function look(): Promise<void> {
    for (const { endpoint, ...standing } of await queue.ready(clock.now())) {
      if (!lanes.has(endpoint)) lanes.set(endpoint, newLane(standing));
      queueUp(endpoint);
    }
    if (lanes.size > LANES_MAX)
      for (const [endpoint, { inHand: count }] of lanes) if (count === 0) lanes.delete(endpoint);
    pump();
  }

  function queueUp(endpoint: string): void {
    const lane = lanes.get(endpoint);
    if (lane === undefined) return;
    const pool = poolOf(lane);
    lines[pool === 'well' ? 'ailing' : 'well'].delete(endpoint);
    lines[pool].add(endpoint);
  }

  function pump(): void {
    serve('well');
    serve('ailing');
  }

  /** As long as there is room. An endpoint whose lane is full comes back when something of it ends; one that is to be left alone, by the next look. */
  function serve(pool: Pool): void {
    while (!stopped && used[pool] < AT_ONCE_MAX[pool] && inHand.size < IN_HAND_MAX) {
      const [endpoint] = lines[pool];
      if (endpoint === undefined) return;
      lines[pool].delete(endpoint);
      const lane = lanes.get(endpoint);
      if (lane === undefined || lane.quietUntil > clock.monotonic()) continue;
      if (lane.inHand >= lane.limit) continue;
      const work = take(endpoint, reserve(lane)).finally(() => taking.delete(work));
      taking.add(work);
    }
  }

  function reserve(lane: Lane): InHand {
    const place = { lane, since: clock.monotonic(), pool: poolOf(lane) };
    lane.inHand += 1;
    used[place.pool] += 1;
    inHand.add(place);
    return place;
  }

  function release(place: InHand): void {
    inHand.delete(place);
    place.lane.inHand -= 1;
    used[place.pool] -= 1;
  }

  async function take(endpoint: string, place: InHand): Promise<void> {
    const now = clock.now();
    try {
      const [delivery] = await queue.take(endpoint, { now, leaseUntil: now + LEASE_MS, limit: 1 });
      if (delivery === undefined) release(place);
      else {
        void send(delivery, place);
        // At the end of the line: the others have their turn first.
        queueUp(endpoint);
      }
    } catch (fault) {
      release(place);
      place.lane.quietUntil = clock.monotonic() + LOOK_EVERY_MS;
      log.error('the deliveries of an endpoint could not be taken', { endpoint, fault });
    }
    pump();
  }

  async function send(delivery: Delivery, place: InHand): Promise<void> {
    const { lane } = place;
    try {
      const delivered = await deliverWebhook(delivery, () => isOver);
      if (delivered !== null) learn(lane, delivered);
    } catch (fault) {
      lane.quietUntil = clock.monotonic() + LOOK_EVERY_MS;
      log.error('a webhook could not be delivered', { delivery: delivery.id, endpoint: delivery.endpoint, fault });
    }
    release(place);
    queueUp(delivery.endpoint);
    pump();
  }

  function learn(
    lane: Lane,
    { failures, durationMs, waitMs }: Standing & { durationMs: number; waitMs: number },
  ): void {
    if (waitMs > 0) lane.quietUntil = clock.monotonic() + waitMs;
    lane.health = failures > 0 ? 'failing' : durationMs > SLOW_MS ? 'slow' : 'well';
    lane.limit = Math.min(lane.limit * 2, LANE_MAX[lane.health]);
  }

  /** What has become slow in hand must not keep places from those that answer in time. */
  function moveSlow(): void {
    const before = clock.monotonic() - SLOW_MS;
    for (const place of inHand) {
      if (place.pool === 'ailing' || place.since > before) continue;
      used.well -= 1;
      used.ailing += 1;
      place.pool = 'ailing';
      if (place.lane.health === 'well') place.lane.health = 'slow';
      place.lane.limit = Math.min(place.lane.limit, LANE_MAX[place.lane.health]);
    }
  }

  function tick(): void {
    callOff = timers.after(LOOK_EVERY_MS, tick);
    moveSlow();
    wake();
  }

  const unsubscribe = queue.subscribe(wake);
  let callOff = timers.after(LOOK_EVERY_MS, tick);
  wake();

  async function stop(): Promise<void> {
    stopped = true;
    unsubscribe();
    callOff();
    await looking;
    await Promise.all(taking);
    await ended(STOP_WAIT_MS);
    isOver = true;
  }

  async function ended(withinMs: number): Promise<void> {
    const until = clock.monotonic() + withinMs;
    while (inHand.size > 0 && clock.monotonic() < until)
      await new Promise<void>((resolve) => timers.after(10, resolve));
  }

  return { stop };
}

function newLane({ failures }: Standing): Lane {
  return { health: failures > 0 ? 'failing' : 'well', limit: 1, inHand: 0, quietUntil: 0 };
}

function poolOf({ health }: Lane): Pool {
  return health === 'well' ? 'well' : 'ailing';
}
