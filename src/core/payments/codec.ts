import { assert } from '#core/kit/assert.ts';
import type { Json } from '#core/kit/canonicalJson.ts';
import { Fault } from '#core/kit/fault.ts';
import type { EventRecord } from '#core/journal/commit.ts';
import type { PaymentEvent, PersonalData } from './events.ts';

type EventType = PaymentEvent['type'];

/** Each event's version and the fields that hold money: bigint in memory, JSON integers in the journal. */
const EVENTS: { readonly [type in EventType]: { v: number; money: readonly string[] } } = {
  'payment.created': { v: 1, money: ['amountMinor'] },
  'operation.sent': { v: 1, money: ['amountMinor'] },
  'operation.succeeded': { v: 1, money: ['amountMinor'] },
  'operation.declined': { v: 1, money: [] },
  'operation.rejected': { v: 1, money: [] },
  'operation.not_sent': { v: 1, money: [] },
  'operation.timed_out': { v: 1, money: [] },
  'operation.unknown': { v: 1, money: [] },
  'operation.inquired': { v: 1, money: [] },
  'operation.not_found': { v: 1, money: [] },
};

/** Splits an event into what is hashed and travels, and the personal data that can be erased. */
export function encodeEvent(event: PaymentEvent): { record: EventRecord; personal: PersonalData | null } {
  const { v, money } = EVENTS[event.type];
  const { personal, ...facts } = event as PaymentEvent & { personal?: PersonalData | null };
  const record: Record<string, unknown> = { ...facts, type: event.type, v };
  for (const field of money) record[field] = safeNumber(record[field] as bigint);
  return { record: record as EventRecord, personal: personal ?? null };
}

/**
 * Reads an event of any version ever written; older ones are upcast here. One from a newer version of the platform is a
 * Fault that can be retried, never a guess.
 */
export function decodeEvent(record: EventRecord, personal: Json | null): PaymentEvent {
  const known = EVENTS[record.type as EventType] as (typeof EVENTS)[EventType] | undefined;
  if (known === undefined || record.v !== known.v) {
    throw new Fault('event_version_unknown', `event ${record.type} version ${record.v} is not known to this version`, { retryable: true });
  }
  const { v: _, ...facts } = record;
  const event: Record<string, unknown> = facts;
  for (const field of known.money) event[field] = BigInt(event[field] as number);
  if (record.type === 'payment.created') event['personal'] = personal;
  return event as PaymentEvent;
}

function safeNumber(amountMinor: bigint): number {
  const number = Number(amountMinor);
  assert(Number.isSafeInteger(number), `an amount of ${amountMinor} minor units is not exact on the wire`);
  return number;
}
