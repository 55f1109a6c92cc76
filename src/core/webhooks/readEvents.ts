import { err, ok, type Result } from '#core/kit/result.ts';
import type { Clock } from '#core/kit/world.ts';
import { type Histories, type History, latest } from '#core/payments/history.ts';
import { isUnreadable } from '#core/payments/parking.ts';
import {
  type MerchantEvent,
  maskOf,
  merchantEventsOf,
  PAYMENT_EVENT_TYPES,
  type PaymentEventType,
  parseEventId,
} from './merchantEvents.ts';
import type { EventRow, EventStore } from './ports.ts';
import { EVENTS_KEPT_MS } from './projection.ts';

export type ReadEventsDeps = { events: EventStore; histories: Pick<Histories, 'load'>; clock: Pick<Clock, 'now'> };

export type ListEvents = {
  merchant: string;
  type: PaymentEventType | null;
  payment: string | null;
  after: string | null;
  limit: number;
};

export type EventPage = { events: readonly MerchantEvent[]; next: string | null };

/** What merchants are told, made from the journal: nothing of an event is stored but that there is one. */
export function createReadEvents({ events, histories, clock }: ReadEventsDeps) {
  /** An event of the merchant, of the time that events are kept. */
  async function get(merchant: string, id: string): Promise<Result<MerchantEvent, { code: 'event_not_found' }>> {
    const event = await find(id);
    const isShown = event?.payment.merchant === merchant && event.at >= clock.now() - EVENTS_KEPT_MS;
    return isShown ? ok(event) : err({ code: 'event_not_found' });
  }

  /** However old, whoever's: what a delivery is made from. */
  async function find(id: string): Promise<MerchantEvent | null> {
    const place = parseEventId(id);
    if (place === null) return null;
    const all = merchantEventsOf(await histories.load(place.payment));
    return all.find((event) => event.id === id) ?? null;
  }

  /** Newest first; the same while new ones come. */
  async function list(query: ListEvents): Promise<Result<EventPage, { code: 'cursor_invalid' }>> {
    const cursor = query.after === null ? null : readCursor(query.after);
    if (query.after !== null && cursor === null) return err({ code: 'cursor_invalid' });
    const found =
      query.payment === null ? await fromRows(query, cursor) : await fromPayment(query, query.payment, cursor);
    const last = found.length > query.limit ? found[query.limit - 1] : undefined;
    return ok({
      events: found.slice(0, query.limit).map(({ event }) => event),
      next: last === undefined ? null : writeCursor(last.place),
    });
  }

  /** Enough events for a page and one more. A row may have none for it: the cursor has passed them, or its stream can't be read. */
  async function fromRows({ merchant, type, limit }: ListEvents, cursor: Place | null): Promise<readonly Placed[]> {
    const query = { merchant, types: maskOf(type === null ? PAYMENT_EVENT_TYPES : [type]), limit: limit + 2 };
    const since = clock.now() - EVENTS_KEPT_MS;
    const loaded = new Map<string, History | null>();
    const found: Placed[] = [];
    let upTo = cursor?.position ?? null;
    for (;;) {
      const rows = await events.list({ ...query, since, upTo });
      for (const row of rows) {
        if (!loaded.has(row.payment)) loaded.set(row.payment, await load(row.payment));
        found.push(...newestFirst(eventsOfRow(loaded.get(row.payment) ?? null, row), { type, cursor }));
        if (found.length > limit) return found;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < query.limit) return found;
      upTo = last.position - 1;
    }
  }

  /** Of one payment all are read at once; its commits stand for positions. */
  async function fromPayment(
    { merchant, type }: ListEvents,
    payment: string,
    cursor: Place | null,
  ): Promise<readonly Placed[]> {
    const history = await load(payment);
    if (history === null || latest(history)?.merchant !== merchant) return [];
    const since = clock.now() - EVENTS_KEPT_MS;
    const kept = merchantEventsOf(history).filter(({ at }) => at >= since);
    const placed = kept.map((event) => ({ event, place: { position: event.seq, n: event.n } }));
    return newestFirst(placed, { type, cursor });
  }

  /** A stream that this version can't read is parked and shown to operators: it must not hide the others. */
  async function load(payment: string): Promise<History | null> {
    try {
      return await histories.load(payment);
    } catch (fault) {
      if (isUnreadable(fault)) return null;
      throw fault;
    }
  }

  return { get, find, list };
}

export type ReadEvents = ReturnType<typeof createReadEvents>;

/** Where an event stands in a list. */
type Place = { position: number; n: number };
type Placed = { event: MerchantEvent; place: Place };

function eventsOfRow(history: History | null, { seq, position }: EventRow): readonly Placed[] {
  if (history === null) return [];
  return merchantEventsOf(history)
    .filter((event) => event.seq === seq)
    .map((event) => ({ event, place: { position, n: event.n } }));
}

function newestFirst(
  placed: readonly Placed[],
  { type, cursor }: { type: PaymentEventType | null; cursor: Place | null },
): readonly Placed[] {
  return placed
    .filter(
      ({ event, place }) => (type === null || event.type === type) && (cursor === null || isBefore(place, cursor)),
    )
    .toReversed();
}

function isBefore(place: Place, { position, n }: Place): boolean {
  return place.position < position || (place.position === position && place.n < n);
}

function writeCursor({ position, n }: Place): string {
  return Buffer.from(`e1.${position}.${n}`).toString('base64url');
}

function readCursor(cursor: string): Place | null {
  const parts = /^e1\.([1-9]\d{0,15})\.([1-9]\d{0,4})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  return parts === null ? null : { position: Number(parts[1]), n: Number(parts[2]) };
}
