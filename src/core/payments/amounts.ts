import { isOpen, type Operation, type Payment } from './payment.ts';

/** Minor units of the payment's currency. What the provider is known to have done, and what it may have done. */
export type Amounts = {
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  /** Held, not captured, and not spoken for by a capture under way. */
  capturableMinor: bigint;
  /** Captured, not refunded, and not spoken for by a refund under way. */
  refundableMinor: bigint;
  /** Asked for, with an outcome that nobody knows. */
  inDoubtMinor: bigint;
};

export function amountsOf(payment: Payment): Amounts {
  const capturedMinor = sum(payment.operations, capturedBy);
  const refundedMinor = sum(payment.operations, (operation) => movedBy(operation, 'refund'));
  const refundingMinor = sum(payment.operations, (operation) => askedBy(operation, 'refund'));
  const authorization = liveAuthorization(payment);
  return {
    authorizedMinor: sum(payment.operations, (operation) =>
      isVoided(payment, operation.n) ? capturedOf(payment, operation) : movedBy(operation, 'authorize'),
    ),
    capturedMinor,
    refundedMinor,
    capturableMinor: authorization === null ? 0n : capturableOf(payment, authorization),
    refundableMinor: positive(capturedMinor - refundedMinor - refundingMinor),
    inDoubtMinor: sum(payment.operations, ({ outcome, amountMinor }) =>
      outcome.status === 'unknown' ? amountMinor : 0n,
    ),
  };
}

/** The authorisation that captures take from: succeeded, not voided or being voided, not lapsed, not closed by a final capture. */
export function liveAuthorization(payment: Payment): Operation | null {
  const held = payment.operations.findLast(
    (operation) => operation.kind === 'authorize' && operation.outcome.status === 'succeeded' && !operation.lapsed,
  );
  if (
    held === undefined ||
    held.outcome.status !== 'succeeded' ||
    held.outcome.capturedMinor >= held.outcome.amountMinor
  )
    return null;
  return payment.operations.some((operation) => operation.target === held.n && ends(operation)) ? null : held;
}

export function isVoided(payment: Payment, authorization: number | null): boolean {
  return payment.operations.some(
    (operation) =>
      operation.kind === 'void' && operation.target === authorization && operation.outcome.status === 'succeeded',
  );
}

/** Undone by a void that succeeded or may yet, or by a final capture. */
function ends(operation: Operation): boolean {
  if (operation.kind === 'void') return operation.outcome.status === 'succeeded' || isOpen(operation);
  return (
    operation.kind === 'capture' &&
    operation.final &&
    (operation.outcome.status === 'succeeded' || operation.outcome.status === 'reversed')
  );
}

function capturableOf(payment: Payment, authorization: Operation): bigint {
  const held =
    authorization.outcome.status === 'succeeded'
      ? authorization.outcome.amountMinor - authorization.outcome.capturedMinor
      : 0n;
  const captures = payment.operations.filter(
    (operation) => operation.kind === 'capture' && operation.target === authorization.n,
  );
  // A capture that was reversed has used up its part of the hold all the same.
  const taken = sum(
    captures,
    (operation) => movedBy(operation, 'capture') + reversedBy(operation) + askedBy(operation, 'capture'),
  );
  return positive(held - taken);
}

/** What was taken of one authorisation. */
export function capturedOf(payment: Payment, authorization: Operation): bigint {
  return sum(payment.operations, (operation) =>
    operation.n === authorization.n || operation.target === authorization.n ? capturedBy(operation) : 0n,
  );
}

/** What was given back of it. */
export function refundedOf(payment: Payment, authorization: Operation): bigint {
  return sum(payment.operations, (operation) =>
    operation.target === authorization.n ? movedBy(operation, 'refund') : 0n,
  );
}

/** What an operation is known to have taken: a capture, or an authorisation that captures at once. */
function capturedBy({ kind, outcome }: Operation): bigint {
  return outcome.status === 'succeeded' && (kind === 'authorize' || kind === 'capture') ? outcome.capturedMinor : 0n;
}

function movedBy({ kind, outcome }: Operation, of: Operation['kind']): bigint {
  return kind === of && outcome.status === 'succeeded' ? outcome.amountMinor : 0n;
}

function reversedBy({ outcome }: Operation): bigint {
  return outcome.status === 'reversed' ? outcome.amountMinor : 0n;
}

function askedBy(operation: Operation, of: Operation['kind']): bigint {
  return operation.kind === of && isOpen(operation) ? operation.amountMinor : 0n;
}

function positive(amountMinor: bigint): bigint {
  return amountMinor > 0n ? amountMinor : 0n;
}

function sum(operations: readonly Operation[], amountOf: (operation: Operation) => bigint): bigint {
  return operations.reduce((total, operation) => total + amountOf(operation), 0n);
}
