import type { IngestWebhook } from '#core/ingress/ingestWebhook.ts';
import type { Inbox, InboxItem } from '#core/ingress/ports.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock, Timers } from '#core/kit/world.ts';

const AT_ONCE_MAX = 16;
const LOOK_EVERY_MS = 1000;
/** More than can be worked on at once: some may belong to payments that are being worked on. */
const LOOKED_AT_MAX = 64;
/** When the inbox can't be written, everything in it fails: nothing is tried for so long. */
const PAUSE_MS = 1000;
const FORGET_EVERY_MS = 60_000;
const FORGOTTEN_AT_ONCE_MAX = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Providers repeat a webhook for days; after this, one that is done is deleted, with whatever personal data its body holds. */
const KEPT_MS = 30 * DAY_MS;

export type IngestWebhooksDeps = { inbox: Inbox; ingestWebhook: IngestWebhook; clock: Clock; timers: Timers; log: Log };

/** Works through the inbox: what has just come at once, the rest when it is due. Of a payment, one item at a time. */
export function createIngestWebhooks({ inbox, ingestWebhook, clock, timers, log }: IngestWebhooksDeps) {
  const inHand = new Map<string, Promise<void>>();
  const lanes = new Set<string>();
  let looking: Promise<void> | null = null;
  let forgetting: Promise<void> = Promise.resolve();
  let isAskedAgain = false;
  let pausedUntil = 0;
  let forgetAt = 0;
  let stopped = false;

  /** One look at a time; who asks meanwhile gets another after it. */
  function wake(): void {
    if (stopped) return;
    if (looking !== null) {
      isAskedAgain = true;
      return;
    }
    isAskedAgain = false;
    looking = look()
      .catch((fault: unknown) => log.error('the inbox could not be read', { fault }))
      .finally(() => {
        looking = null;
        if (isAskedAgain) wake();
      });
  }

  async function look(): Promise<void> {
    if (clock.monotonic() < pausedUntil || inHand.size >= AT_ONCE_MAX) return;
    for (const item of await inbox.due(clock.now(), LOOKED_AT_MAX + inHand.size)) {
      if (stopped || inHand.size >= AT_ONCE_MAX) return;
      const lane = ingestWebhook.laneOf(item);
      if (!inHand.has(item.id) && !lanes.has(lane)) take(item, lane);
    }
  }

  function take(item: InboxItem, lane: string): void {
    lanes.add(lane);
    const work = ingestWebhook
      .ingest(item)
      .catch((fault: unknown) => {
        pausedUntil = clock.monotonic() + PAUSE_MS;
        log.error('the inbox could not be written', { item: item.id, fault });
      })
      .finally(() => {
        lanes.delete(lane);
        inHand.delete(item.id);
        wake();
      });
    inHand.set(item.id, work);
  }

  function tick(): void {
    callOff = timers.after(LOOK_EVERY_MS, tick);
    wake();
    if (clock.monotonic() < forgetAt) return;
    forgetAt = clock.monotonic() + FORGET_EVERY_MS;
    forgetting = inbox.forget(clock.now() - KEPT_MS, FORGOTTEN_AT_ONCE_MAX).then(
      () => {},
      (fault: unknown) => log.error('finished webhooks could not be deleted', { fault }),
    );
  }

  const unsubscribe = inbox.subscribe(wake);
  let callOff = timers.after(LOOK_EVERY_MS, tick);
  wake();

  /** What is in hand is done to its end; the rest is due again at the next start. */
  async function stop(): Promise<void> {
    stopped = true;
    unsubscribe();
    callOff();
    await looking;
    await Promise.all([...inHand.values(), forgetting]);
  }

  return { stop };
}
