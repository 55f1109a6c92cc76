import { defined } from '#core/kit/assert.ts';
import { deriveId, type IdSecret } from '#core/kit/id.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock } from '#core/kit/world.ts';
import { isUnreadable } from '#core/payments/parking.ts';
import type { FoldedCommit, PaymentProjection } from '#core/payments/projection.ts';
import type { NewDelivery } from './delivery.ts';
import { receives } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import { eventId, type MerchantEventType, maskOf, toldBy } from './merchantEvents.ts';
import type { EventRow, EventStore } from './ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long merchants can look at what they were told; older rows are not even made. The payments themselves stay. */
export const EVENTS_KEPT_MS = 30 * DAY_MS;

export type WebhooksProjectionDeps = {
  events: EventStore;
  endpoints: Pick<Endpoints, 'ofMerchant'>;
  clock: Pick<Clock, 'now'>;
  idSecret: IdSecret;
  log: Log;
};

/**
 * What each commit of the feed tells its merchant: a row to find it by, and a delivery for each endpoint that wants it. Nothing of the payment is
 * copied: an event is made from the journal when it is shown or sent.
 */
export function createWebhooksProjection({
  events,
  endpoints,
  clock,
  idSecret,
  log,
}: WebhooksProjectionDeps): PaymentProjection {
  async function save(commits: readonly FoldedCommit[], position: number): Promise<void> {
    const reached = events.position();
    const keptFrom = clock.now() - EVENTS_KEPT_MS;
    const rows: EventRow[] = [];
    const deliveries: NewDelivery[] = [];
    for (const folded of commits) {
      if (folded.position <= reached) continue;
      const told = readable(folded, keptFrom);
      if (told === null) continue;
      rows.push(told.row);
      if (told.row.at >= events.tellFrom()) deliveries.push(...(await deliveriesOf(told)));
    }
    await events.save({ rows, deliveries, position });
  }

  /** What this version can't make sense of is told to the operators; everybody else's events go on. */
  function readable(folded: FoldedCommit, keptFrom: number): Tell | null {
    try {
      return tellOf(folded, keptFrom);
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      log.error('a commit could not be told to its merchant', {
        stream: folded.commit.stream,
        seq: folded.commit.seq,
        fault,
      });
      return null;
    }
  }

  async function deliveriesOf({ row, types }: Tell): Promise<readonly NewDelivery[]> {
    const { merchant, payment, seq, at } = row;
    const all = await endpoints.ofMerchant(merchant);
    if (all.length === 0) return [];
    return types.flatMap((type, index) => {
      const event = eventId(payment, seq, index + 1);
      return all
        .filter((endpoint) => receives(endpoint, { type, at }))
        .map(({ id: endpoint }) =>
          newDelivery(idSecret, { merchant, endpoint, event, type, content: null, createdAt: at }),
        );
    });
  }

  return { name: 'webhooks', position: events.position, save: (_, position, commits) => save(commits, position) };
}

/** The delivery of an event to an endpoint: its id says which, so that it is made once. */
export function newDelivery(idSecret: IdSecret, delivery: Omit<NewDelivery, 'id'>): NewDelivery {
  return { id: `del_${deriveId(idSecret, 'webhook_delivery', delivery.event, delivery.endpoint)}`, ...delivery };
}

type Tell = { row: EventRow; types: readonly MerchantEventType[] };

/** Null where there is nothing to tell, or nobody would be told any more. */
function tellOf({ position, commit, history }: FoldedCommit, keptFrom: number): Tell | null {
  const { at, payment } = defined(history.versions[commit.seq - 1], 'a history reaches as far as its commit');
  if (at < keptFrom) return null;
  const types = toldBy(history, commit.seq).map(({ type }) => type);
  if (types.length === 0) return null;
  const { merchant, id } = payment;
  return { row: { merchant, position, payment: id, seq: commit.seq, at, types: maskOf(types) }, types };
}
