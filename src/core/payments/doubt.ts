import type { Owed } from './owed.ts';
import { isAbsent, type Operation, type Payment } from './payment.ts';

/**
 * When to look after what isn't known yet. Where the provider can be asked, it is asked. Where it can't, the same bytes are sent again while it
 * remembers their key; after that an operator is told, again and again: no timer ever ends a doubt.
 */

const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Counted from the moment that the outcome became unknown. */
const INQUIRE_AFTER_MS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS];
export const INQUIRE_EVERY_MS = 6 * HOUR_MS;
/** Whatever the back-off says, one resend is due this long before the provider may have forgotten the key. */
const LAST_RESEND_MS = MINUTE_MS;
/** What nobody can ask about is told to an operator first after this, and then every day. What is pending is on its way: it has a day. */
const OVERDUE_AFTER_MS = { unknown: HOUR_MS, pending: DAY_MS };
export const OVERDUE_EVERY_MS = 24 * HOUR_MS;

export function owedByDoubt(payment: Payment, operation: Operation): readonly Owed[] {
  const { n, outcome, sending } = operation;
  if (sending === null || !('inquiries' in outcome)) return [];
  if (sending.resend === undefined)
    return [{ step: 'inquire', operation: n, dueAt: outcome.since + inquireAfter(outcome.inquiries) }];
  // Of a customer who doesn't act nobody is told: the challenge lapses, and is stopped (owed.ts).
  if (outcome.status === 'requires_action') return [];
  if (outcome.overdueAt !== undefined)
    return [{ step: 'report', operation: n, dueAt: outcome.overdueAt + OVERDUE_EVERY_MS }];
  const reportAt = outcome.since + OVERDUE_AFTER_MS[outcome.status];
  if (outcome.status === 'pending' || !mayResend(payment, operation))
    return [{ step: 'report', operation: n, dueAt: reportAt }];
  const resendAt = nextResendAt(outcome, sending.resend.before);
  return resendAt === null
    ? [{ step: 'report', operation: n, dueAt: Math.max(reportAt, sending.resend.before) }]
    : [{ step: 'resend', operation: n, dueAt: resendAt }];
}

/** As inquiries are, and once more before the window ends; null when that was it. */
function nextResendAt({ since, inquiries }: { since: number; inquiries: number }, before: number): number | null {
  const last = before - LAST_RESEND_MS;
  const latest = inquiries === 0 ? since : since + inquireAfter(inquiries - 1);
  return inquiries > 0 && latest >= last ? null : Math.max(since, Math.min(since + inquireAfter(inquiries), last));
}

/**
 * Should the first never have arrived, the resend makes it happen: so only while it is still wanted, and nothing else has happened that may have taken its place.
 * A void does no harm, whenever it comes.
 */
function mayResend({ cancel, conflicts, operations }: Payment, operation: Operation): boolean {
  if (operation.kind === 'void') return true;
  if (conflicts.length > 0) return false;
  if (operation.kind === 'refund') return true;
  if (cancel === 'wanted') return false;
  return operation.kind === 'capture' || operations.every((other) => isPassed(other, operation));
}

function isPassed(other: Operation, { n }: Operation): boolean {
  return other.n === n || other.kind !== 'authorize' || isAbsent(other);
}

function inquireAfter(inquiries: number): number {
  const last = INQUIRE_AFTER_MS.length - 1;
  return INQUIRE_AFTER_MS[inquiries] ?? (INQUIRE_AFTER_MS[last] ?? 0) + (inquiries - last) * INQUIRE_EVERY_MS;
}
