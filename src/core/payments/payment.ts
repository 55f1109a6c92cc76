import type { Currency } from '#core/money/currencies.ts';
import type { DeclineCode } from '#core/provider/declineCodes.ts';
import type {
  CaptureMode,
  Evidence,
  OperationCause,
  OperationKind,
  PersonalData,
  RefundReason,
  SendingFacts,
} from './events.ts';

/** The fold of a payment's events, and nothing else is true. Times are milliseconds since the epoch. */
export type Payment = {
  id: string;
  merchant: string;
  /** The number of commits folded into it. */
  version: number;
  amountMinor: bigint;
  currency: Currency;
  capture: CaptureMode;
  attemptsMax: number | null;
  allowPartial: boolean;
  personal: PersonalData | null;
  operations: readonly Operation[];
  cancel: 'none' | 'wanted' | 'done';
  /** What waits for an operator, the oldest first; one an operation. */
  conflicts: readonly Conflict[];
  createdAt: number;
  updatedAt: number;
};

export type Operation = {
  /** Its number within the payment. */
  n: number;
  kind: OperationKind;
  amountMinor: bigint;
  target: number | null;
  captures: boolean;
  final: boolean;
  stops: boolean;
  command: number | null;
  cause: OperationCause | null;
  reason: RefundReason | null;
  /** Null for what we didn't send: withheld, or discovered. */
  sending: SendingFacts | null;
  provider: string;
  account: string;
  createdAt: number;
  outcome: OperationOutcome;
  claims: Claims;
  /** authorize: the hold is over, by time. */
  lapsed: boolean;
  /** authorize: it succeeded, and nobody wants it: it is voided or refunded. */
  unwanted: UnwantedReason | null;
  /** Returns of it that were asked for up to this operation don't count as tries: somebody has said anew that the money is to go back. */
  returnsFrom: number;
};

export type UnwantedReason = 'canceled' | 'partial_approval' | 'conflict';

export type OperationOutcome =
  | { status: 'sent' }
  | { status: 'succeeded'; amountMinor: bigint; capturedMinor: bigint; at: number }
  | { status: 'reversed'; amountMinor: bigint; capturedMinor: bigint }
  | { status: 'declined'; code: DeclineCode; providerCode: string | null; message: string | null }
  | { status: 'rejected'; providerCode: string | null; message: string | null }
  | { status: 'not_sent'; reason: string }
  | { status: 'not_found' }
  /** `inquiries`: how often it was asked for or sent again. `overdueAt`: when an operator was last told that it can't be. */
  | { status: 'requires_action'; redirectUrl: string | null; since: number; inquiries: number; overdueAt?: number }
  | { status: 'pending'; since: number; inquiries: number; overdueAt?: number }
  | { status: 'unknown'; reason: string; since: number; inquiries: number; overdueAt?: number };

export type OperationStatus = OperationOutcome['status'];

/** The best proof so far that an operation took effect, that it failed, and the latest of any kind. */
export type Claims = { moved: Evidence | null; failed: Evidence | null; latest: Evidence | null };

export type ConflictReason =
  | 'amount_mismatch'
  | 'currency_mismatch'
  | 'late_success'
  | 'second_authorization'
  | 'capture_discovered'
  | 'refund_discovered'
  | 'over_capture'
  | 'over_refund'
  | 'capture_after_void'
  | 'return_failed';
export type Conflict = { reason: ConflictReason; operation: number; since: number };

/** Ids of operations are derived: the payment's own part and the number. Refunds are shown under a prefix of their own. */
export function operationId(paymentId: string, n: number): string {
  return `op_${paymentId.slice('pay_'.length)}_${n}`;
}

export function refundId(paymentId: string, n: number): string {
  return `ref_${paymentId.slice('pay_'.length)}_${n}`;
}

/** The payment and the number that an operation's or a refund's id was derived from; null for any other text. */
export function parseOperationId(id: string): { payment: string; n: number } | null {
  const parts = /^(?:op|ref)_([0-9a-z]{32})_([1-9]\d{0,4})$/.exec(id);
  return parts === null ? null : { payment: `pay_${parts[1]}`, n: Number(parts[2]) };
}

export function findOperation(payment: Payment, n: number): Operation | undefined {
  return payment.operations[n - 1];
}

/** Asked for, and not known to have happened or not: it reserves its amount. */
export function isOpen({ outcome }: Operation): boolean {
  return (
    outcome.status === 'sent' ||
    outcome.status === 'pending' ||
    outcome.status === 'unknown' ||
    outcome.status === 'requires_action'
  );
}

/** Known not to have happened. */
export function isAbsent({ outcome }: Operation): boolean {
  return (
    outcome.status === 'declined' ||
    outcome.status === 'rejected' ||
    outcome.status === 'not_sent' ||
    outcome.status === 'not_found'
  );
}

export function providerReferenceOf({ claims }: Operation): string | null {
  return (
    claims.moved?.providerReference ?? claims.failed?.providerReference ?? claims.latest?.providerReference ?? null
  );
}
