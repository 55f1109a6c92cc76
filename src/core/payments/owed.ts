import { type Position, positionsOf } from './amounts.ts';
import { DAY_MS, HOUR_MS, INQUIRE_EVERY_MS, MINUTE_MS, OVERDUE_EVERY_MS, owedByDoubt } from './doubt.ts';
import { isAbsent, type Operation, type Payment } from './payment.ts';

/**
 * What is due on a payment and when. Handlers are only the first to try; a worker performs the rest, after any crash.
 *   time_out      nobody wrote an outcome before the deadline
 *   inquire       ask the provider what became of it
 *   resend        the provider can't be asked: send the same bytes again
 *   report        nor can that be done: an operator is told
 *   capture       the second half of an automatic capture that the provider didn't do in one
 *   return_money  void or refund what nobody wants
 *   stop          the customer's challenge has lapsed: cancel it at the provider
 *   lapse         the authorisation is as old as the provider keeps one
 */
export type Owed = {
  step: 'time_out' | 'inquire' | 'resend' | 'report' | 'capture' | 'return_money' | 'stop' | 'lapse';
  operation: number;
  dueAt: number;
};

/** The handler that sent gets this long after the deadline to write the outcome itself. */
const TIME_OUT_GRACE_MS = 1000;

/** How long a customer may take for a challenge. */
const CHALLENGE_MS = HOUR_MS;
/** Card schemes keep most authorisations for seven days. */
const AUTHORIZATION_MS = 7 * DAY_MS;
/** What the platform asks for by itself is tried this often; after that a person has to look. */
export const TRIES_MAX = 3;
const TRY_AGAIN_MS = 10 * MINUTE_MS;

export function owed(payment: Payment): readonly Owed[] {
  const stops = payment.operations.filter((operation) => operation.outcome.status === 'requires_action');
  return [
    ...payment.operations.flatMap((operation) => owedBy(payment, operation)),
    ...stops.flatMap((operation) => owedStop(payment, operation)),
    ...positionsOf(payment).flatMap((position) => owedFor(payment, position)),
  ];
}

/** The earliest of them; null when nobody has to do anything. */
export function nextDueAt(payment: Payment): number | null {
  const times = owed(payment).map((step) => step.dueAt);
  return times.length === 0 ? null : Math.min(...times);
}

/** What an operation owes by itself. */
function owedBy(payment: Payment, operation: Operation): readonly Owed[] {
  const { n, outcome, sending } = operation;
  switch (outcome.status) {
    case 'sent':
      return [{ step: 'time_out', operation: n, dueAt: (sending?.deadline ?? 0) + TIME_OUT_GRACE_MS }];
    case 'unknown':
    case 'pending':
    case 'requires_action':
      return owedByDoubt(payment, operation);
    default:
      return [];
  }
}

/** Not before the customer's time is over, whoever tried before. One that never arrived says nothing about the next: those are tried on, less often. */
function owedStop(payment: Payment, operation: Operation): readonly Owed[] {
  if (operation.kind !== 'authorize' || operation.outcome.status !== 'requires_action') return [];
  const stops = followersOf(payment, operation.n).filter((follower) => follower.kind === 'void');
  if (stops.some((stop) => !isAbsent(stop))) return [];
  if (stops.filter((stop) => !didNotLeave(stop)).length >= TRIES_MAX) return reportUnstopped(operation, stops);
  const last = stops.at(-1);
  const againMs = stops.length < TRIES_MAX ? TRY_AGAIN_MS : INQUIRE_EVERY_MS;
  const dueAt = Math.max(operation.outcome.since + CHALLENGE_MS, last === undefined ? 0 : last.createdAt + againMs);
  return [{ step: 'stop', operation: operation.n, dueAt }];
}

/** The provider has refused to stop it. Where it can be asked, what becomes of it is asked for; else only an operator can find out. */
function reportUnstopped({ n, outcome, sending }: Operation, stops: readonly Operation[]): readonly Owed[] {
  if (sending?.resend === undefined || outcome.status !== 'requires_action') return [];
  const { overdueAt } = outcome;
  const dueAt = overdueAt === undefined ? (stops.at(-1)?.createdAt ?? 0) : overdueAt + OVERDUE_EVERY_MS;
  return [{ step: 'report', operation: n, dueAt }];
}

/** What an authorisation that took effect owes by what it is to its payment. */
function owedFor(payment: Payment, position: Position): readonly Owed[] {
  const { authorization, isLive, hasOpenFollower } = position;
  if (authorization.outcome.status !== 'succeeded' || hasOpenFollower) return [];
  const followers = followersOf(payment, authorization.n);
  if (authorization.unwanted !== null) return owedReturn(position, followers);
  if (!isLive || payment.conflicts.length > 0) return [];
  return owedCapture(payment, position, followers) ?? owedLapse(position, followers);
}

/** Null: it isn't for the platform to capture. What the provider has refused is for the merchant to decide. */
function owedCapture(
  payment: Payment,
  { authorization }: Position,
  followers: readonly Operation[],
): readonly Owed[] | null {
  if (payment.capture !== 'automatic' || authorization.outcome.status !== 'succeeded') return null;
  const captures = followers.filter((follower) => follower.kind === 'capture');
  if (captures.some((capture) => !didNotLeave(capture))) return null;
  const owed = again('capture', authorization.n, { failed: captures, first: authorization.outcome.at });
  return owed.length === 0 ? null : owed;
}

function owedLapse({ authorization }: Position, followers: readonly Operation[]): readonly Owed[] {
  const failed = followers.filter(isLapse);
  const last = failed.at(-1);
  const dueAt = last === undefined ? authorization.createdAt + AUTHORIZATION_MS : last.createdAt + TRY_AGAIN_MS;
  return [{ step: 'lapse', operation: authorization.n, dueAt }];
}

/** A void of a hold that has lapsed. A stop of its challenge was another question, asked before there was a hold. */
export function isLapse({ cause, stops }: Operation): boolean {
  return cause === 'lapsed' && !stops;
}

function owedReturn(
  { authorization, isLive, refundableMinor }: Position,
  followers: readonly Operation[],
): readonly Owed[] {
  if (!isLive && refundableMinor === 0n) return [];
  return again('return_money', authorization.n, { failed: failedReturns(authorization, followers), first: 0 });
}

/** Returns that failed or bounced since somebody last said that the money is to go back. */
export function failedReturns({ returnsFrom }: Operation, followers: readonly Operation[]): readonly Operation[] {
  return followers.filter(
    (follower) =>
      follower.cause === 'unwanted' &&
      follower.n > returnsFrom &&
      (isAbsent(follower) || follower.outcome.status === 'reversed'),
  );
}

/** At `first`; after a failure a while later, and not for ever. */
function again(
  step: Owed['step'],
  operation: number,
  { failed, first }: { failed: readonly Operation[]; first: number },
): readonly Owed[] {
  const last = failed.at(-1);
  if (failed.length >= TRIES_MAX) return [];
  return [{ step, operation, dueAt: last === undefined ? first : last.createdAt + TRY_AGAIN_MS }];
}

/** It never left, or never arrived: nothing that the provider has refused. */
function didNotLeave({ outcome }: Operation): boolean {
  return outcome.status === 'not_sent' || outcome.status === 'not_found';
}

export function followersOf(payment: Payment, authorization: number): readonly Operation[] {
  return payment.operations.filter((operation) => operation.target === authorization);
}
