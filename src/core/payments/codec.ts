import type { EventRecord } from '#core/journal/commit.ts';
import { assert } from '#core/kit/assert.ts';
import type { Json } from '#core/kit/canonicalJson.ts';
import { Fault } from '#core/kit/fault.ts';
import type { PaymentEvent } from './events.ts';

type EventType = PaymentEvent['type'];
/**
 * `v`: the newest version. `since`: the oldest that needs no more than its defaults to be read as the newest. `needs`: the version that it takes
 * to say this very event, where an older one does: that one is written, so that older readers go on reading.
 */
type Shape = {
  v: number;
  since: number;
  money: readonly string[];
  personal: readonly string[];
  needs?: (event: PaymentEvent) => number;
};

const PLAIN: Shape = { v: 1, since: 1, money: [], personal: [] };
const AMOUNT: Shape = { ...PLAIN, money: ['amountMinor'] };
const AMOUNTS: Shape = { ...PLAIN, money: ['amountMinor', 'capturedMinor'] };

/**
 * Each event's version; the fields that hold money: bigint in memory, JSON integers in the journal; and the fields that are kept apart from
 * the facts, because a person may ask us to erase them or because they open something.
 */
const EVENTS: { readonly [type in EventType]: Shape } = {
  // 2: tokens of several accounts.
  'payment.created': { ...AMOUNT, v: 2, personal: ['personal'], needs: versionOfMethod },
  'payment.confirmed': { ...PLAIN, v: 2, personal: ['personal'], needs: versionOfMethod },
  'payment.cancel_requested': PLAIN,
  'payment.canceled': PLAIN,
  'authorization.lapsed': PLAIN,
  'conflict.resolved': PLAIN,
  // 2: `resend`, absent in 1: every provider of that time could be asked.
  'operation.sent': { ...AMOUNT, v: 2 },
  'operation.withheld': AMOUNT,
  'operation.succeeded': AMOUNTS,
  'operation.amended': AMOUNTS,
  'operation.declined': PLAIN,
  'operation.rejected': PLAIN,
  'operation.not_sent': PLAIN,
  'operation.action_required': { ...PLAIN, personal: ['redirectUrl'] },
  'operation.pending': PLAIN,
  'operation.timed_out': PLAIN,
  'operation.unknown': PLAIN,
  'operation.inquired': PLAIN,
  'operation.resent': PLAIN,
  'operation.overdue': PLAIN,
  'operation.not_found': PLAIN,
  'operation.reversed': PLAIN,
  'operation.confirmed': PLAIN,
  'operation.discovered': AMOUNT,
  'operation.settled': { ...PLAIN, money: ['grossMinor', 'settledMinor', 'feeMinor'] },
};

export const EVENT_TYPES: readonly string[] = Object.keys(EVENTS);

/** The personal fields of the events of a commit, by the event's place in it. */
export type PersonalFields = { [place: string]: { [field: string]: Json } };

/** What is hashed and travels, and what can be erased (null: nothing). */
export function encodeEvents(events: readonly PaymentEvent[]): {
  records: readonly EventRecord[];
  personal: PersonalFields | null;
} {
  const personal: PersonalFields = {};
  const records = events.map((event, place) => {
    const { v, money, personal: apart, needs } = EVENTS[event.type];
    const record: Record<string, unknown> = { type: event.type, v: needs?.(event) ?? v };
    const fields: { [field: string]: Json } = {};
    for (const [field, value] of Object.entries(event)) {
      if (apart.includes(field)) fields[field] = value as Json;
      else record[field] = money.includes(field) ? safeNumber(value as bigint) : value;
    }
    if (apart.length > 0) personal[place] = fields;
    return record as EventRecord;
  });
  return { records, personal: Object.keys(personal).length === 0 ? null : personal };
}

/**
 * Reads events of any version ever written; older ones are upcast here. One from a later version of the platform is a Fault that can be
 * retried, never a guess. Erased fields are null.
 */
export function decodeEvents(
  records: readonly EventRecord[],
  personal: PersonalFields | null,
): readonly PaymentEvent[] {
  return records.map((record, place) => {
    const shape = EVENTS[record.type as EventType] as Shape | undefined;
    if (shape === undefined || !Number.isInteger(record.v) || record.v < shape.since || record.v > shape.v) {
      throw new Fault(
        'event_version_unknown',
        `event ${record.type} version ${record.v} is not known to this version`,
        { retryable: true },
      );
    }
    const { v: _, ...facts } = record;
    const event: Record<string, unknown> = facts;
    for (const field of shape.money) event[field] = BigInt(event[field] as number);
    for (const field of shape.personal) event[field] = personal?.[place]?.[field] ?? null;
    return event as PaymentEvent;
  });
}

function versionOfMethod(event: PaymentEvent): number {
  const isOne = event.type === 'payment.created' || event.type === 'payment.confirmed';
  const method = isOne ? event.personal?.paymentMethod : null;
  return method != null && 'tokens' in method ? 2 : 1;
}

function safeNumber(amountMinor: bigint): number {
  const number = Number(amountMinor);
  assert(Number.isSafeInteger(number), `an amount of ${amountMinor} minor units is not exact on the wire`);
  return number;
}
