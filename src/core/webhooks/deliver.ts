import { deriveId, type IdSecret } from '#core/kit/id.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock, Random } from '#core/kit/world.ts';
import { isUnreadable } from '#core/payments/parking.ts';
import type { Delivery, Standing } from './delivery.ts';
import { receives, type WebhookEndpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import type { EndpointEventType, MerchantEvent } from './merchantEvents.ts';
import type { DeliveryQueue, Settlement } from './ports.ts';
import { newDelivery } from './projection.ts';
import type { ReadEvents } from './readEvents.ts';
import { ATTEMPTS_MAX, retryDelayMs } from './retries.ts';
import type { SendWebhook, Sent } from './send.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** An endpoint that has done nothing but fail for so long is switched off… */
const FAILING_MS_MAX = 5 * DAY_MS;
/** … if it was asked often enough: an endpoint that gets an event a week has not failed for days by failing twice. */
const FAILURES_MIN = ATTEMPTS_MAX;
/** An event of a stream that this version can't read: another version may. */
const UNREADABLE_RETRY_MS = 60 * 60 * 1000;

/** The bodies of webhooks, as the API shows things. */
export type Render = { event: (event: MerchantEvent) => string; notice: (notice: EndpointNotice) => string };

/** What is told of an endpoint itself. */
export type EndpointNotice = { id: string; type: EndpointEventType; at: number; endpoint: WebhookEndpoint };

export type DeliverWebhookDeps = {
  queue: DeliveryQueue;
  endpoints: Endpoints;
  readEvents: Pick<ReadEvents, 'find'>;
  sendWebhook: SendWebhook;
  render: Render;
  clock: Clock;
  random: Random;
  idSecret: IdSecret;
  log: Log;
};

/** What an attempt told of the endpoint: how it stands now, how long it asks to be left alone. Null: there was no attempt. */
export type Delivered = (Standing & { durationMs: number; waitMs: number }) | null;

/** Makes one attempt at a delivery that was taken, and writes down what follows, unless it was given up meanwhile: then its lease ends. */
export function createDeliverWebhook(deps: DeliverWebhookDeps) {
  const { queue, endpoints, readEvents, sendWebhook, render, clock, random, idSecret, log } = deps;

  return async function deliver(delivery: Delivery, isGivenUp: () => boolean): Promise<Delivered> {
    const found = await endpoints.get(delivery.merchant, delivery.endpoint);
    if (!found.ok) {
      await endpoints.abandon(delivery.endpoint, 'endpoint_deleted');
      return null;
    }
    if (!found.value.state.enabled) {
      await finishDisabling(found.value);
      return null;
    }
    const body = delivery.content ?? (await bodyOf(delivery));
    if (body === null) return null;
    const sent = await sendWebhook(found.value, { id: delivery.event, body });
    if (isGivenUp()) return null;
    const standing = await queue.settle(delivery, settlementOf(delivery, sent));
    await disableIfHopeless(found.value, sent, standing);
    const { attempt, verdict } = sent;
    return { ...standing, durationMs: attempt.durationMs, waitMs: verdict.kind === 'failed' ? verdict.waitMs : 0 };
  };

  /** Null where nothing can be sent, now or ever; that is written down. */
  async function bodyOf(delivery: Delivery): Promise<string | null> {
    const now = clock.now();
    try {
      const event = await readEvents.find(delivery.event);
      if (event !== null) return render.event(event);
      await queue.settle(delivery, { attempt: null, state: { status: 'dead', reason: 'event_gone', at: now } });
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      log.error('an event could not be read', { delivery: delivery.id, fault });
      await queue.settle(delivery, { attempt: null, state: { status: 'waiting', dueAt: now + UNREADABLE_RETRY_MS } });
    }
    return null;
  }

  function settlementOf({ attempts }: Delivery, { attempt, verdict }: Sent): Settlement {
    const now = clock.now();
    switch (verdict.kind) {
      case 'succeeded':
        return { attempt, state: { status: 'delivered', at: now } };
      case 'gone':
        return { attempt, state: { status: 'dead', reason: 'endpoint_gone', at: now } };
      case 'failed': {
        const delayMs = retryDelayMs(attempts + 1, random.bytes(1)[0] ?? 0);
        return delayMs === null
          ? { attempt, state: { status: 'dead', reason: 'attempts_used_up', at: now } }
          : { attempt, state: { status: 'waiting', dueAt: now + Math.max(delayMs, verdict.waitMs) } };
      }
    }
  }

  async function disableIfHopeless(endpoint: WebhookEndpoint, { verdict }: Sent, standing: Standing): Promise<void> {
    const { failingSince, failures } = standing;
    const isFailing = failingSince !== null && failures >= FAILURES_MIN && clock.now() - failingSince >= FAILING_MS_MAX;
    if (verdict.kind !== 'gone' && !isFailing) return;
    const reason = verdict.kind === 'gone' ? 'gone' : 'failing';
    const disabled = await endpoints.disable(endpoint.merchant, endpoint.id, reason);
    if (disabled === null) return;
    log.error('a webhook endpoint was switched off', { merchant: endpoint.merchant, endpoint: endpoint.id, reason });
    await finishDisabling(disabled);
  }

  /** Tells the merchant's other endpoints, once, and ends what waits. Done again by whoever finds that a crash has cut it off. */
  async function finishDisabling(endpoint: WebhookEndpoint): Promise<void> {
    const { state, merchant } = endpoint;
    if (state.enabled) return;
    if (state.reason !== 'by_merchant') {
      const type = 'webhook_endpoint.disabled';
      const event = `evt_${deriveId(idSecret, type, endpoint.id, String(state.at))}`;
      const content = render.notice({ id: event, type, at: state.at, endpoint });
      const others = (await endpoints.ofMerchant(merchant)).filter((other) => receives(other, { type, at: state.at }));
      const notices = others.map((other) =>
        newDelivery(idSecret, { merchant, endpoint: other.id, event, type, content, createdAt: state.at }),
      );
      if (notices.length > 0) await queue.add(notices, clock.now());
    }
    await endpoints.abandon(endpoint.id, 'endpoint_disabled');
  }
}

export type DeliverWebhook = ReturnType<typeof createDeliverWebhook>;
