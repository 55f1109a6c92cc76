import type { Operation, Payment } from './payment.ts';

export const PAYMENT_STATUSES = ['requires_payment_method', 'processing', 'in_doubt', 'succeeded', 'failed'] as const;

export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Computed from the operations; nothing sets it. */
export function statusOf(payment: Payment): PaymentStatus {
  const succeeded = payment.operations.find((operation) => operation.outcome.status === 'succeeded');
  if (succeeded !== undefined) return 'succeeded';
  const last = payment.operations.at(-1);
  if (last === undefined) return 'requires_payment_method';
  switch (last.outcome.status) {
    case 'sent':
      return 'processing';
    case 'succeeded':
      return 'succeeded';
    case 'unknown':
      return 'in_doubt';
    case 'declined':
    case 'rejected':
    case 'not_sent':
    case 'not_found':
      return attemptsAreUsedUp(payment) ? 'failed' : 'requires_payment_method';
  }
}

/** Minor units that the provider is known to hold or to have taken. */
export function amountAuthorizedOf(payment: Payment): bigint {
  return sum(payment.operations, (operation) => (operation.outcome.status === 'succeeded' ? operation.outcome.amountMinor : 0n));
}

/** Minor units that are known to have been taken. */
export function amountCapturedOf(payment: Payment): bigint {
  return sum(payment.operations, (operation) => (operation.outcome.status === 'succeeded' && operation.captures ? operation.outcome.amountMinor : 0n));
}

/** Minor units that may have moved: asked for, and not known to have happened or not. */
export function amountInDoubtOf(payment: Payment): bigint {
  return sum(payment.operations, (operation) => (operation.outcome.status === 'unknown' ? operation.amountMinor : 0n));
}

function attemptsAreUsedUp(payment: Payment): boolean {
  return payment.attemptsMax !== null && payment.operations.length >= payment.attemptsMax;
}

function sum(operations: readonly Operation[], amountOf: (operation: Operation) => bigint): bigint {
  return operations.reduce((total, operation) => total + amountOf(operation), 0n);
}
