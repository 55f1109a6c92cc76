import type { Operation, Payment } from './payment.ts';

/** What is due on a payment and when. Handlers are only the first to try; a worker performs the rest, after any crash. */
export type Owed = { step: 'time_out' | 'inquire'; operation: number; dueAt: number };

/** The handler that sent gets this long after the deadline to write the outcome itself. */
const TIME_OUT_GRACE_MS = 1000;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Counted from the moment that the outcome became unknown. */
const INQUIRE_AFTER_MS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS];
const INQUIRE_EVERY_MS = 6 * HOUR_MS;

export function owed(payment: Payment): readonly Owed[] {
  return payment.operations.flatMap(owedBy);
}

/** The earliest of them; null when nobody has to do anything. */
export function nextDueAt(payment: Payment): number | null {
  const times = owed(payment).map((step) => step.dueAt);
  return times.length === 0 ? null : Math.min(...times);
}

function owedBy(operation: Operation): readonly Owed[] {
  switch (operation.outcome.status) {
    case 'sent':
      return [{ step: 'time_out', operation: operation.n, dueAt: operation.sending.deadline + TIME_OUT_GRACE_MS }];
    case 'unknown':
      return [{ step: 'inquire', operation: operation.n, dueAt: operation.outcome.since + inquireAfter(operation.outcome.inquiries) }];
    case 'succeeded':
    case 'declined':
    case 'rejected':
    case 'not_sent':
    case 'not_found':
      return [];
  }
}

function inquireAfter(inquiries: number): number {
  const last = INQUIRE_AFTER_MS.length - 1;
  return INQUIRE_AFTER_MS[inquiries] ?? (INQUIRE_AFTER_MS[last] ?? 0) + (inquiries - last) * INQUIRE_EVERY_MS;
}
