import { amountsOf, liveAuthorization } from './amounts.ts';
import { isAbsent, isOpen, type Operation, type Payment } from './payment.ts';

/**
 * What is due on a payment and when. Handlers are only the first to try; a worker performs the rest, after any crash.
 *   time_out      nobody wrote an outcome before the deadline
 *   inquire       ask the provider what became of it
 *   capture       the second half of an automatic capture that the provider didn't do in one
 *   return_money  void or refund what nobody wants
 *   stop          the customer's challenge has lapsed: cancel it at the provider
 *   lapse         the authorisation is as old as the provider keeps one
 */
export type Owed = {
  step: 'time_out' | 'inquire' | 'capture' | 'return_money' | 'stop' | 'lapse';
  operation: number;
  dueAt: number;
};

/** The handler that sent gets this long after the deadline to write the outcome itself. */
const TIME_OUT_GRACE_MS = 1000;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Counted from the moment that the outcome became unknown. No timer ever ends a doubt. */
const INQUIRE_AFTER_MS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS];
const INQUIRE_EVERY_MS = 6 * HOUR_MS;
/** How long a customer may take for a challenge. */
const CHALLENGE_MS = HOUR_MS;
/** Card schemes keep most authorisations for seven days. */
const AUTHORIZATION_MS = 7 * DAY_MS;
/** After that a person has to look: the payment shows what it holds, and that it isn't wanted. */
export const RETURN_ATTEMPTS_MAX = 3;
const RETURN_AGAIN_MS = 10 * MINUTE_MS;

export function owed(payment: Payment): readonly Owed[] {
  return [
    ...payment.operations.flatMap(owedBy),
    ...payment.operations.flatMap((operation) => owedFor(payment, operation)),
  ];
}

/** The earliest of them; null when nobody has to do anything. */
export function nextDueAt(payment: Payment): number | null {
  const times = owed(payment).map((step) => step.dueAt);
  return times.length === 0 ? null : Math.min(...times);
}

/** What an operation owes by itself. */
function owedBy({ n, outcome, sending }: Operation): readonly Owed[] {
  switch (outcome.status) {
    case 'sent':
      return [{ step: 'time_out', operation: n, dueAt: (sending?.deadline ?? 0) + TIME_OUT_GRACE_MS }];
    case 'unknown':
    case 'pending':
    case 'requires_action':
      return sending === null
        ? []
        : [{ step: 'inquire', operation: n, dueAt: outcome.since + inquireAfter(outcome.inquiries) }];
    default:
      return [];
  }
}

function inquireAfter(inquiries: number): number {
  const last = INQUIRE_AFTER_MS.length - 1;
  return INQUIRE_AFTER_MS[inquiries] ?? (INQUIRE_AFTER_MS[last] ?? 0) + (inquiries - last) * INQUIRE_EVERY_MS;
}

/** What an authorisation owes by what it is to its payment. */
function owedFor(payment: Payment, operation: Operation): readonly Owed[] {
  if (operation.kind !== 'authorize') return [];
  const followers = payment.operations.filter((follower) => follower.target === operation.n);
  if (operation.outcome.status === 'requires_action') {
    const isStopped = followers.some((follower) => follower.kind === 'void' && !isAbsent(follower));
    return isStopped ? [] : [{ step: 'stop', operation: operation.n, dueAt: operation.outcome.since + CHALLENGE_MS }];
  }
  if (operation.outcome.status !== 'succeeded' || followers.some((follower) => isOpen(follower))) return [];
  if (operation.unwanted !== null) return owedReturn(payment, operation, followers);
  if (liveAuthorization(payment) !== operation || payment.conflict !== null) return [];
  const wasTried = followers.some((follower) => follower.kind === 'capture');
  if (payment.capture === 'automatic' && !wasTried)
    return [{ step: 'capture', operation: operation.n, dueAt: operation.outcome.at }];
  return [{ step: 'lapse', operation: operation.n, dueAt: operation.createdAt + AUTHORIZATION_MS }];
}

function owedReturn(payment: Payment, operation: Operation, followers: readonly Operation[]): readonly Owed[] {
  if (liveAuthorization(payment) !== operation && amountsOf(payment).refundableMinor === 0n) return [];
  const tried = followers.filter((follower) => follower.cause === 'unwanted' && isAbsent(follower));
  if (tried.length >= RETURN_ATTEMPTS_MAX) return [];
  const last = tried.at(-1);
  return [
    { step: 'return_money', operation: operation.n, dueAt: last === undefined ? 0 : last.createdAt + RETURN_AGAIN_MS },
  ];
}
