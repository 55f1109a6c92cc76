import { capturedOf, liveAuthorization, refundedOf } from './amounts.ts';
import { RETURN_ATTEMPTS_MAX } from './owed.ts';
import { isAbsent, isOpen, type Operation, type Payment } from './payment.ts';

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
  const authorization = decidingAuthorization(payment);
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
    case 'succeeded':
      return statusOfHeld(payment, authorization);
  }
}

/** The one that succeeded, where one has; else the one tried last. */
export function decidingAuthorization(payment: Payment): Operation | undefined {
  const authorizations = payment.operations.filter((operation) => operation.kind === 'authorize');
  const held = authorizations.findLast(
    (operation) => operation.outcome.status === 'succeeded' && operation.unwanted === null,
  );
  return held ?? authorizations.at(-1);
}

function attemptsOf(payment: Payment): number {
  return payment.operations.filter((operation) => operation.kind === 'authorize').length;
}

function statusBeforeAttempts(payment: Payment): PaymentStatus {
  if (payment.cancel === 'done') return 'canceled';
  return payment.personal?.paymentMethod == null ? 'requires_payment_method' : 'requires_confirmation';
}

/** Known not to have happened. A void that stopped it says whether it was canceled or has lapsed. */
function statusAfterFailure(payment: Payment, authorization: Operation): PaymentStatus {
  if (payment.cancel !== 'none') return 'canceled';
  if (hasOpenVoid(payment, authorization)) return 'processing';
  const stopped = payment.operations.find(
    (operation) =>
      operation.kind === 'void' && operation.target === authorization.n && operation.outcome.status === 'succeeded',
  );
  if (stopped !== undefined) return stopped.cause === 'lapsed' ? 'expired' : 'canceled';
  return attemptsAreUsedUp(payment) ? 'failed' : 'requires_payment_method';
}

function statusOfHeld(payment: Payment, authorization: Operation): PaymentStatus {
  const followers = payment.operations.filter((operation) => operation.target === authorization.n);
  const captured = capturedOf(payment, authorization);
  const held = authorization.outcome.status === 'succeeded' ? authorization.outcome.amountMinor : 0n;
  if (authorization.unwanted !== null && returnsAreLeft(followers))
    return statusOfUnwanted(payment, authorization, captured);
  if (captured >= held) return 'succeeded';
  if (captured > 0n) return followers.some(isCaptureUnderWay) ? 'processing' : 'partially_captured';
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

/** On its way back, or back: then only a refused partial approval leaves the payment open for another attempt. */
function statusOfUnwanted(payment: Payment, authorization: Operation, captured: bigint): PaymentStatus {
  const isHeld = liveAuthorization(payment) === authorization || hasOpenVoid(payment, authorization);
  if (isHeld || refundedOf(payment, authorization) < captured) return 'processing';
  if (authorization.unwanted !== 'partial_approval' || payment.cancel !== 'none') return 'canceled';
  return attemptsAreUsedUp(payment) ? 'failed' : 'requires_payment_method';
}

function hasOpenVoid(payment: Payment, authorization: Operation): boolean {
  return payment.operations.some(
    (operation) => operation.kind === 'void' && operation.target === authorization.n && isOpen(operation),
  );
}

function returnsAreLeft(followers: readonly Operation[]): boolean {
  return (
    followers.filter((operation) => operation.cause === 'unwanted' && isAbsent(operation)).length < RETURN_ATTEMPTS_MAX
  );
}

function isCaptureUnderWay({ kind, outcome }: Operation): boolean {
  return kind === 'capture' && (outcome.status === 'sent' || outcome.status === 'pending');
}

function attemptsAreUsedUp(payment: Payment): boolean {
  return payment.attemptsMax !== null && attemptsOf(payment) >= payment.attemptsMax;
}
