import { amountsOf, isVoided } from './amounts.ts';
import type { OperationAmended, OperationDiscovered, OperationSucceeded, PaymentEvent } from './events.ts';
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
  if (
    event.type !== 'operation.succeeded' &&
    event.type !== 'operation.amended' &&
    event.type !== 'operation.discovered'
  )
    return null;
  const reason = reasonOf(before, after, event);
  return reason === null ? null : { reason, operation: event.operation, since: after.updatedAt };
}

function reasonOf(before: Payment, after: Payment, event: MoneyEvent): ConflictReason | null {
  const { authorizedMinor, capturedMinor, refundedMinor } = amountsOf(after);
  if (event.currency !== after.currency) return 'currency_mismatch';
  if (event.type === 'operation.discovered')
    return event.kind === 'capture' ? 'capture_discovered' : 'refund_discovered';
  const operation = findOperation(before, event.operation);
  if (operation === undefined) return null;
  if (isAmountMismatch(operation, event.amountMinor)) return 'amount_mismatch';
  if (isAbsent(operation) || isCanceled(before, operation)) return 'late_success';
  if (operation.kind === 'authorize' && heldAuthorizations(after) > 1) return 'second_authorization';
  if (operation.kind === 'capture' && isVoided(after, operation.target)) return 'capture_after_void';
  if (capturedMinor > authorizedMinor) return 'over_capture';
  if (refundedMinor > capturedMinor) return 'over_refund';
  return null;
}

/** Less than was asked is a partial approval: taken where the merchant allows it, else returned, and no conflict either way. */
function isAmountMismatch(operation: Operation, amountMinor: bigint): boolean {
  if (operation.kind === 'void') return false;
  if (operation.kind === 'authorize' && amountMinor < operation.amountMinor) return false;
  return amountMinor !== operation.amountMinor;
}

function isCanceled(payment: Payment, operation: Operation): boolean {
  return operation.kind === 'authorize' && (payment.cancel === 'done' || operation.lapsed);
}

function heldAuthorizations(payment: Payment): number {
  return payment.operations.filter(
    (operation) =>
      operation.kind === 'authorize' &&
      operation.outcome.status === 'succeeded' &&
      operation.unwanted === null &&
      !isVoided(payment, operation.n),
  ).length;
}
