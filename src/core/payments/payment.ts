import type { Currency } from '#core/money/currencies.ts';
import type { DeclineCode } from '#core/provider/declineCodes.ts';
import type { Evidence, PersonalData, SendingFacts } from './events.ts';

/** The fold of a payment's events, and nothing else is true. Times are milliseconds since the epoch. */
export type Payment = {
  id: string;
  merchant: string;
  /** The number of commits folded into it. */
  version: number;
  amountMinor: bigint;
  currency: Currency;
  capture: 'automatic';
  attemptsMax: number | null;
  personal: PersonalData | null;
  operations: readonly Operation[];
  conflict: Conflict | null;
  createdAt: number;
  updatedAt: number;
};

export type Operation = {
  /** Its number within the payment. */
  n: number;
  kind: 'authorize';
  amountMinor: bigint;
  command: number;
  captures: boolean;
  sending: SendingFacts;
  createdAt: number;
  outcome: OperationOutcome;
};

export type OperationOutcome =
  | { status: 'sent' }
  | { status: 'succeeded'; amountMinor: bigint; evidence: Evidence }
  | { status: 'declined'; code: DeclineCode; providerCode: string | null; message: string | null; evidence: Evidence }
  | { status: 'rejected'; providerCode: string | null; message: string | null; evidence: Evidence }
  | { status: 'not_sent'; reason: string }
  | { status: 'unknown'; reason: string; since: number; inquiries: number; evidence: Evidence | null }
  | { status: 'not_found'; evidence: Evidence };

export type Conflict = { reason: 'amount_mismatch' | 'currency_mismatch' | 'late_success'; since: number };

/** Ids of operations are derived: the payment's own part and the number. */
export function operationId(paymentId: string, n: number): string {
  return `op_${paymentId.slice('pay_'.length)}_${n}`;
}

/** The number that stands in an operation's id. */
export function operationNumber(id: string): number {
  return Number(id.slice(id.lastIndexOf('_') + 1));
}

export function findOperation(payment: Payment, n: number): Operation | undefined {
  return payment.operations[n - 1];
}
