import { assert } from '#core/kit/assert.ts';
import { amountsOf } from '#core/payments/amounts.ts';
import type { History, Version } from '#core/payments/history.ts';
import { isAbsent, type Operation, type Payment } from '#core/payments/payment.ts';
import { type PaymentStatus, statusOf } from '#core/payments/status.ts';

/** What merchants are told of a payment. Their order is that within one commit; new ones are added at the end, because their place is stored. */
export const PAYMENT_EVENT_TYPES = [
  'payment.created',
  'refund.created',
  'payment.in_doubt',
  'payment.resolved',
  'payment.requires_action',
  'payment.authorized',
  'payment.captured',
  'payment.declined',
  'refund.succeeded',
  'refund.failed',
  'refund.reversed',
  'payment.succeeded',
  'payment.canceled',
  'payment.expired',
  'payment.failed',
  'payment.conflicted',
] as const;

export type PaymentEventType = (typeof PAYMENT_EVENT_TYPES)[number];

/** Of an endpoint itself: `disabled` is told to the merchant's other endpoints, `test` is sent on request. */
export const ENDPOINT_EVENT_TYPES = ['webhook_endpoint.disabled', 'webhook_endpoint.test'] as const;

export type EndpointEventType = (typeof ENDPOINT_EVENT_TYPES)[number];
export type MerchantEventType = PaymentEventType | EndpointEventType;

/** One thing that a merchant is told of a commit. `refund`: the number of the operation, where it is about one. */
export type Told = { type: PaymentEventType; refund: number | null };

/** An event with its place: `seq` is the commit, `n` its number within it, from 1; `sequence` counts all events of the payment, from 1. */
export type MerchantEvent = Told & {
  id: string;
  payment: Payment;
  seq: number;
  n: number;
  sequence: number;
  at: number;
};

/** The same events with the same ids, whenever and however often a stream is read: ids and sequence come from the journal alone. */
export function merchantEventsOf(history: History): readonly MerchantEvent[] {
  const events: MerchantEvent[] = [];
  for (const [index, { payment, at }] of history.versions.entries()) {
    for (const [place, told] of toldBy(history, index + 1).entries()) {
      const n = place + 1;
      const id = eventId(history.stream, index + 1, n);
      events.push({ ...told, id, payment, seq: index + 1, n, sequence: events.length + 1, at });
    }
  }
  return events;
}

/** What commit `seq` of a stream tells its merchant, in order. */
export function toldBy({ versions }: History, seq: number): readonly Told[] {
  const version = versions[seq - 1];
  assert(version !== undefined, 'a commit that was read');
  return tell(versions[seq - 2]?.payment ?? null, version);
}

/** Computed from what the commit changed, and not from which facts it holds: however a state was reached, it is told in the same words. */
function tell(before: Payment | null, { payment: after, events }: Version): readonly Told[] {
  if (before !== null && events.every((event) => SILENT.has(event.type))) return [];
  const told: Told[] = [];
  const about = (type: PaymentEventType, when: boolean, refund: number | null = null) => {
    if (when) told.push({ type, refund });
  };
  const [from, to] = [before === null ? null : statusOf(before), statusOf(after)];
  const entered = (status: PaymentStatus) => to === status && from !== status;
  const [had, has] = [before === null ? null : amountsOf(before), amountsOf(after)];
  const [hadDoubt, hasDoubt] = [(had?.inDoubtMinor ?? 0n) > 0n, has.inDoubtMinor > 0n];
  const changed = after.operations.filter((operation) => before?.operations[operation.n - 1] !== operation);
  const became = (operation: Operation, is: (operation: Operation) => boolean) => {
    const earlier = before?.operations[operation.n - 1];
    return is(operation) && (earlier === undefined || !is(earlier));
  };
  const refunds = changed.filter(({ kind }) => kind === 'refund');
  const authorizations = changed.filter(({ kind }) => kind === 'authorize');

  about('payment.created', before === null);
  for (const { n } of refunds) about('refund.created', before?.operations[n - 1] === undefined, n);
  about('payment.in_doubt', hasDoubt && !hadDoubt);
  about('payment.resolved', hadDoubt && !hasDoubt);
  about('payment.requires_action', entered('requires_action'));
  about(
    'payment.authorized',
    authorizations.some((operation) => became(operation, isHeld)),
  );
  about('payment.captured', has.capturedMinor > (had?.capturedMinor ?? 0n));
  about(
    'payment.declined',
    to !== 'canceled' && to !== 'expired' && authorizations.some((operation) => became(operation, isAbsent)),
  );
  for (const refund of refunds) {
    about('refund.succeeded', became(refund, hasSucceeded), refund.n);
    about('refund.failed', became(refund, isAbsent), refund.n);
    about('refund.reversed', became(refund, isReversed), refund.n);
  }
  about('payment.succeeded', entered('succeeded'));
  about('payment.canceled', entered('canceled'));
  about('payment.expired', entered('expired'));
  about('payment.failed', entered('failed'));
  about(
    'payment.conflicted',
    after.conflicts.some(({ operation }) => !before?.conflicts.some((known) => known.operation === operation)),
  );
  return told;
}

/** Most commits of a payment in doubt, and all of its settlement: they change nothing that is told. */
const SILENT: ReadonlySet<string> = new Set(['operation.inquired', 'operation.settled']);

/** An authorization that holds money for a capture of the merchant's, and that somebody wants. */
function isHeld({ outcome, unwanted }: Operation): boolean {
  return outcome.status === 'succeeded' && unwanted === null && outcome.amountMinor > outcome.capturedMinor;
}

function hasSucceeded({ outcome }: Operation): boolean {
  return outcome.status === 'succeeded';
}

function isReversed({ outcome }: Operation): boolean {
  return outcome.status === 'reversed';
}

/** Derived like the ids of operations: the payment's own part, the commit, the number within it. */
export function eventId(payment: string, seq: number, n: number): string {
  return `evt_${payment.slice('pay_'.length)}_${seq}_${n}`;
}

/** The payment and the place that an event's id was derived from; null for any other text. */
export function parseEventId(id: string): { payment: string; seq: number; n: number } | null {
  const parts = /^evt_([0-9a-z]{32})_([1-9]\d{0,6})_([1-9]\d{0,4})$/.exec(id);
  return parts === null ? null : { payment: `pay_${parts[1]}`, seq: Number(parts[2]), n: Number(parts[3]) };
}

/** A set of types as a number, a bit a type: what is stored of a commit, to find it by. */
export function maskOf(types: Iterable<PaymentEventType>): number {
  let mask = 0;
  for (const type of types) mask |= 1 << PAYMENT_EVENT_TYPES.indexOf(type);
  return mask;
}
