import { type Position, positionOf, positionsOf } from './amounts.ts';
import type { OperationAmended, OperationDiscovered, OperationSucceeded, PaymentEvent } from './events.ts';
import { failedReturns, followersOf, TRIES_MAX } from './owed.ts';
import {
  type Conflict,
  type ConflictReason,
  findOperation,
  isAbsent,
  type Operation,
  type Payment,
} from './payment.ts';

type MoneyEvent = OperationSucceeded | OperationAmended | OperationDiscovered;

/** Whether what a provider did is something that nobody asked for. It is folded all the same, and flagged for an operator. */
export function findConflict(before: Payment, after: Payment, event: PaymentEvent): Conflict | null {
  switch (event.type) {
    case 'operation.succeeded':
    case 'operation.amended':
    case 'operation.discovered':
      return flag(after, subjectOf(before, after, event));
    case 'operation.declined':
    case 'operation.rejected':
    case 'operation.not_sent':
    case 'operation.not_found':
    case 'operation.reversed':
      return flag(after, failedReturn(after, event.operation));
    default:
      return null;
  }
}

type Flagged = { reason: ConflictReason; operation: number } | null;

/** Once an operation: what is flagged already waits for its operator. */
function flag(payment: Payment, flagged: Flagged): Conflict | null {
  if (flagged === null || payment.conflicts.some((conflict) => conflict.operation === flagged.operation)) return null;
  return { ...flagged, since: payment.updatedAt };
}

/** Money that nobody wants, and the provider doesn't take back: after the last try a person has to look. */
function failedReturn(payment: Payment, n: number): Flagged {
  const failed = findOperation(payment, n);
  const target = failed?.target == null ? undefined : findOperation(payment, failed.target);
  if (failed?.cause !== 'unwanted' || target === undefined) return null;
  const isLast = failedReturns(target, followersOf(payment, target.n)).length >= TRIES_MAX;
  return isLast ? { reason: 'return_failed', operation: target.n } : null;
}

function subjectOf(before: Payment, after: Payment, event: MoneyEvent): Flagged {
  const operation = findOperation(before, event.operation);
  if (operation?.kind === 'void') return stoppedTooLate(before, operation);
  const reason = reasonOf(before, after, event);
  return reason === null ? null : { reason, operation: event.operation };
}

/** A stop that succeeded, of what had succeeded before: one of them did not hear of the other. */
function stoppedTooLate(before: Payment, { stops, target }: Operation): Flagged {
  const stopped = target === null ? undefined : findOperation(before, target);
  return stops && stopped?.outcome.status === 'succeeded' ? { reason: 'late_success', operation: stopped.n } : null;
}

function reasonOf(before: Payment, after: Payment, event: MoneyEvent): ConflictReason | null {
  if (event.currency !== after.currency) return 'currency_mismatch';
  if (event.type === 'operation.discovered')
    return event.kind === 'capture' ? 'capture_discovered' : 'refund_discovered';
  const operation = findOperation(before, event.operation);
  if (operation === undefined) return null;
  if (isAmountMismatch(operation, event.amountMinor)) return 'amount_mismatch';
  if (isAbsent(operation) || isCanceled(before, operation)) return 'late_success';
  if (operation.kind === 'authorize') return holdsTwice(after) ? 'second_authorization' : null;
  return operation.target === null ? null : excessOf(operation, positionOf(after, operation.target));
}

/** More than there was: the provider allowed what we would not have asked for. */
function excessOf(operation: Operation, position: Position | undefined): ConflictReason | null {
  if (position === undefined) return null;
  if (operation.kind === 'capture' && position.isVoided) return 'capture_after_void';
  if (position.capturedMinor > position.authorizedMinor) return 'over_capture';
  return position.refundedMinor > position.capturedMinor ? 'over_refund' : null;
}

/** Less than was asked is a partial approval: taken where the merchant allows it, else returned, and no conflict either way. */
function isAmountMismatch(operation: Operation, amountMinor: bigint): boolean {
  if (operation.kind === 'authorize' && amountMinor < operation.amountMinor) return false;
  return amountMinor !== operation.amountMinor;
}

function isCanceled(payment: Payment, operation: Operation): boolean {
  return operation.kind === 'authorize' && (payment.cancel === 'done' || operation.lapsed);
}

function holdsTwice(payment: Payment): boolean {
  const held = positionsOf(payment).filter(
    ({ authorization, isVoided }) =>
      authorization.outcome.status === 'succeeded' && authorization.unwanted === null && !isVoided,
  );
  return held.length > 1;
}
