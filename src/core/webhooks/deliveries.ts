import { base32 } from '#core/kit/id.ts';
import { err, ok, type Result } from '#core/kit/result.ts';
import type { Clock, Random } from '#core/kit/world.ts';
import type { Version } from '#core/payments/history.ts';
import type { Render } from './deliver.ts';
import type { Attempt, Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import type { Endpoints, NotFound } from './endpoints.ts';
import { merchantEventsOf } from './merchantEvents.ts';
import type { DeliveryPage, DeliveryQuery, DeliveryQueue } from './ports.ts';
import type { SendWebhook } from './send.ts';

const ID_BYTES = 20;
/** More than the events of a payment and the endpoints of a merchant make, but for the longest of streams. */
const OF_EVENT_MAX = 100;

export type DeliveriesDeps = {
  queue: Pick<DeliveryQueue, 'find' | 'list' | 'redeliver'>;
  endpoints: Pick<Endpoints, 'get'>;
  sendWebhook: SendWebhook;
  render: Pick<Render, 'notice'>;
  clock: Pick<Clock, 'now'>;
  random: Random;
};

type DeliveryNotFound = { code: 'webhook_delivery_not_found' };

/** What became of deliveries, and what a merchant can do about it. */
export function createDeliveries({ queue, endpoints, sendWebhook, render, clock, random }: DeliveriesDeps) {
  /** Endpoints with a test under way: an attempt can take 15 s and hold a socket, and a client can ask a thousand times a second. */
  const tested = new Set<string>();

  async function get(merchant: string, id: string): Promise<Result<Delivery, DeliveryNotFound>> {
    const delivery = await queue.find(id);
    return delivery?.merchant === merchant ? ok(delivery) : err({ code: 'webhook_delivery_not_found' });
  }

  async function list(query: DeliveryQuery): Promise<Result<DeliveryPage, { code: 'cursor_invalid' }>> {
    const page = await queue.list(query);
    return page === 'cursor_invalid' ? err({ code: 'cursor_invalid' }) : ok(page);
  }

  /** Of all events of a payment. */
  async function ofPayment(stream: string, versions: readonly Version[]): Promise<readonly Delivery[]> {
    const found: Delivery[] = [];
    for (const { id: event, payment } of merchantEventsOf({ stream, versions })) {
      const { merchant } = payment;
      const page = await queue.list({
        merchant,
        event,
        endpoint: null,
        status: null,
        after: null,
        limit: OF_EVENT_MAX,
      });
      if (page !== 'cursor_invalid') found.push(...page.deliveries);
    }
    return found;
  }

  /** Once more, whatever became of it: with a whole new schedule of retries. */
  async function redeliver(
    merchant: string,
    id: string,
  ): Promise<Result<Delivery, DeliveryNotFound | { code: 'webhook_endpoint_disabled' } | NotFound>> {
    const found = await get(merchant, id);
    if (!found.ok) return found;
    const endpoint = await endpoints.get(merchant, found.value.endpoint);
    if (!endpoint.ok) return endpoint;
    if (!endpoint.value.state.enabled) return err({ code: 'webhook_endpoint_disabled' });
    await queue.redeliver(id, clock.now());
    return get(merchant, id);
  }

  /** One attempt at once, whether the endpoint is enabled or not; nothing is kept of it. One at a time. */
  async function test(
    merchant: string,
    id: string,
  ): Promise<Result<{ event: string; attempt: Attempt }, NotFound | { code: 'test_under_way' }>> {
    const found = await endpoints.get(merchant, id);
    if (!found.ok) return found;
    if (tested.has(id)) return err({ code: 'test_under_way' });
    tested.add(id);
    try {
      return ok(await sendTest(found.value));
    } finally {
      tested.delete(id);
    }
  }

  async function sendTest(endpoint: WebhookEndpoint): Promise<{ event: string; attempt: Attempt }> {
    const event = `evt_${base32(random.bytes(ID_BYTES))}`;
    const notice = { id: event, type: 'webhook_endpoint.test', at: clock.now(), endpoint } as const;
    const { attempt } = await sendWebhook(endpoint, { id: event, body: render.notice(notice) });
    return { event, attempt };
  }

  return { get, list, ofPayment, redeliver, test };
}

export type Deliveries = ReturnType<typeof createDeliveries>;
