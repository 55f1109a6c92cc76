import { type Position, positionsOf } from './amounts.ts';
import { failedReturns, followersOf, TRIES_MAX } from './owed.ts';
import { isOpen, type Operation, type Payment } from './payment.ts';

export const PAYMENT_STATUSES = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'in_doubt',
  'requires_capture',
  'partially_captured',
  'succeeded',
  'canceled',
  'failed',
  'expired',
] as const;

export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Computed from the operations; nothing sets it. It is about the operation that decides whether the payment happened. */
export function statusOf(payment: Payment): PaymentStatus {
  const positions = positionsOf(payment);
  const authorization = decide(payment, positions);
  if (authorization === undefined) return statusBeforeAttempts(payment);
  switch (authorization.outcome.status) {
    case 'sent':
    case 'pending':
      return 'processing';
    case 'unknown':
      return 'in_doubt';
    case 'requires_action':
      return 'requires_action';
    case 'declined':
    case 'rejected':
    case 'not_sent':
    case 'not_found':
      return statusAfterFailure(payment, authorization);
    case 'reversed':
      return 'failed';
    case 'succeeded': {
      const position = positions.find((other) => other.authorization.n === authorization.n);
      return position === undefined ? 'processing' : statusOfHeld(payment, position);
    }
  }
}

export function decidingAuthorization(payment: Payment): Operation | undefined {
  return decide(payment, positionsOf(payment));
}

/**
 * The one that succeeded and is wanted; else one whose outcome is open; else one whose money is still on its way back; else the one tried
 * last. Only then can the payment be tried again: two authorisations never stand beside each other by our doing.
 */
function decide(payment: Payment, positions: readonly Position[]): Operation | undefined {
  const authorizations = payment.operations.filter((operation) => operation.kind === 'authorize');
  const wanted = authorizations.findLast(
    (operation) => operation.outcome.status === 'succeeded' && operation.unwanted === null,
  );
  const returning = positions.findLast((position) => !isBack(position));
  return wanted ?? authorizations.findLast(isOpen) ?? returning?.authorization ?? authorizations.at(-1);
}

/** Nothing of it is held, taken or under way any more. */
function isBack({ authorization, isLive, hasOpenFollower, capturedMinor, refundedMinor }: Position): boolean {
  return authorization.outcome.status === 'reversed' || (!isLive && !hasOpenFollower && refundedMinor >= capturedMinor);
}

/** Attempts that were made: one that was withheld was not. */
function attemptsAreUsedUp({ attemptsMax, operations }: Payment): boolean {
  const attempts = operations.filter((operation) => operation.kind === 'authorize' && operation.sending !== null);
  return attemptsMax !== null && attempts.length >= attemptsMax;
}

function statusBeforeAttempts(payment: Payment): PaymentStatus {
  if (payment.cancel === 'done') return 'canceled';
  return payment.personal?.paymentMethod == null ? 'requires_payment_method' : 'requires_confirmation';
}

/** Known not to have happened. A void that stopped it says whether it was canceled or has lapsed. */
function statusAfterFailure(payment: Payment, authorization: Operation): PaymentStatus {
  if (payment.cancel !== 'none') return 'canceled';
  const voids = followersOf(payment, authorization.n).filter((operation) => operation.kind === 'void');
  if (voids.some((operation) => isOpen(operation))) return 'processing';
  const stopped = voids.find((operation) => operation.outcome.status === 'succeeded');
  if (stopped !== undefined) return stopped.cause === 'lapsed' ? 'expired' : 'canceled';
  return attemptsAreUsedUp(payment) ? 'failed' : 'requires_payment_method';
}

function statusOfHeld(payment: Payment, position: Position): PaymentStatus {
  const { authorization, capturedMinor } = position;
  const followers = followersOf(payment, authorization.n);
  const held = authorization.outcome.status === 'succeeded' ? authorization.outcome.amountMinor : 0n;
  if (authorization.unwanted !== null) {
    if (isBack(position)) return statusOfReturned(payment, authorization);
    if (failedReturns(authorization, followers).length < TRIES_MAX) return 'processing';
  }
  if (capturedMinor >= held) return 'succeeded';
  if (capturedMinor > 0n) return followers.some(isCaptureUnderWay) ? 'processing' : 'partially_captured';
  return statusOfUncaptured(authorization, followers);
}

/** Held, and nothing of it taken. */
function statusOfUncaptured(authorization: Operation, followers: readonly Operation[]): PaymentStatus {
  const voided = followers.find((operation) => operation.kind === 'void' && operation.outcome.status === 'succeeded');
  if (voided !== undefined) return voided.cause === 'lapsed' ? 'expired' : 'canceled';
  const open = followers.filter((operation) => operation.kind !== 'refund' && isOpen(operation));
  if (open.some((operation) => operation.outcome.status === 'unknown')) return 'in_doubt';
  if (open.length > 0) return 'processing';
  if (authorization.lapsed) return 'expired';
  return followers.some((operation) => operation.kind === 'capture' && operation.outcome.status === 'reversed')
    ? 'failed'
    : 'requires_capture';
}

/** The money is back: only a refused partial approval leaves the payment open for another attempt. */
function statusOfReturned(payment: Payment, authorization: Operation): PaymentStatus {
  if (authorization.unwanted !== 'partial_approval' || payment.cancel !== 'none') return 'canceled';
  return attemptsAreUsedUp(payment) ? 'failed' : 'requires_payment_method';
}

function isCaptureUnderWay({ kind, outcome }: Operation): boolean {
  return kind === 'capture' && (outcome.status === 'sent' || outcome.status === 'pending');
}
