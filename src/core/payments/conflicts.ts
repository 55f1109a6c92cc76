import { amountsOf, isVoided } from './amounts.ts';
import type { OperationAmended, OperationDiscovered, OperationSucceeded, PaymentEvent } from './events.ts';
import { RETURN_ATTEMPTS_MAX } from './owed.ts';
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
    case 'operation.discovered': {
      const reason = reasonOf(before, after, event);
      return reason === null ? null : { reason, operation: event.operation, since: after.updatedAt };
    }
    case 'operation.declined':
    case 'operation.rejected':
    case 'operation.not_sent':
    case 'operation.not_found':
      return findFailedReturn(after, event.operation);
    default:
      return null;
  }
}

/** Money that nobody wants, and the provider doesn't take back: after the last try a person has to look. */
function findFailedReturn(payment: Payment, n: number): Conflict | null {
  const failed = findOperation(payment, n);
  if (failed?.cause !== 'unwanted' || failed.target === null) return null;
  const tried = payment.operations.filter(
    (operation) => operation.target === failed.target && operation.cause === 'unwanted' && isAbsent(operation),
  );
  return tried.length < RETURN_ATTEMPTS_MAX
    ? null
    : { reason: 'return_failed', operation: failed.target, since: payment.updatedAt };
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
