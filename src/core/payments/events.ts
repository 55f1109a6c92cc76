import type { Currency } from '#core/money/currencies.ts';
import type { DeclineCode } from '#core/provider/declineCodes.ts';

/** The facts of a payment. Past tense, never changed once written; a new shape is a new version (codec.ts). */
export type PaymentEvent =
  | PaymentCreated
  | OperationSent
  | OperationSucceeded
  | OperationDeclined
  | OperationRejected
  | OperationNotSent
  | OperationTimedOut
  | OperationUnknown
  | OperationInquired
  | OperationNotFound;

export type PaymentCreated = {
  type: 'payment.created';
  merchant: string;
  amountMinor: bigint;
  currency: Currency;
  capture: 'automatic';
  attemptsMax: number | null;
  /** Kept apart from the facts, and null after an erasure. */
  personal: PersonalData | null;
};

export type PersonalData = {
  paymentMethod: PaymentMethod;
  customer: string | null;
  description: string | null;
  statementDescriptor: string | null;
  metadata: Readonly<Record<string, string>>;
};

export type PaymentMethod = { type: 'card'; token: string };

/** Durable before a byte leaves. `operation` is its number within the payment: 1, 2, 3 … */
export type OperationSent = {
  type: 'operation.sent';
  operation: number;
  kind: 'authorize';
  amountMinor: bigint;
  /** The commit of the command that it serves: that command is answered when none of its operations is in `sent`. */
  command: number;
  capture: boolean;
} & SendingFacts;

export type SendingFacts = {
  provider: string;
  account: string;
  adapterVersion: number;
  requestHash: string;
  idempotencyKey: string;
  /** Milliseconds since the epoch: after this no byte of the request may leave. */
  sendBefore: number;
  /** Milliseconds since the epoch: at this its outcome is unknown. */
  deadline: number;
};

/** Where a statement about an operation came from. `account` is the one whose credentials proved it. */
export type Evidence = {
  source: 'reply' | 'inquiry';
  account: string;
  providerReference: string | null;
  providerVersion: number | null;
  /** SHA-256 of the raw answer; the scrubbed answer is kept under it. */
  rawHash: string;
};

/** `amountMinor` and `currency` are what the provider saw: a difference from what was asked is a conflict. */
export type OperationSucceeded = {
  type: 'operation.succeeded';
  operation: number;
  amountMinor: bigint;
  currency: string;
  evidence: Evidence;
};

export type OperationDeclined = {
  type: 'operation.declined';
  operation: number;
  code: DeclineCode;
  providerCode: string | null;
  message: string | null;
  evidence: Evidence;
};

/** Malformed, unsupported, bad credentials: the provider did nothing. */
export type OperationRejected = {
  type: 'operation.rejected';
  operation: number;
  providerCode: string | null;
  message: string | null;
  evidence: Evidence;
};

/** The connection was never made, or `sendBefore` had passed when it stood. */
export type OperationNotSent = { type: 'operation.not_sent'; operation: number; reason: string };

/** No whole answer came before the deadline. */
export type OperationTimedOut = { type: 'operation.timed_out'; operation: number; reason: string };

/** An answer came and says nothing for certain. */
export type OperationUnknown = { type: 'operation.unknown'; operation: number; reason: string; evidence: Evidence };

/** We asked and learned nothing for certain; the next question is later. */
export type OperationInquired = { type: 'operation.inquired'; operation: number; reason: string };

/** Proven absent: it did not happen and no longer can. */
export type OperationNotFound = { type: 'operation.not_found'; operation: number; evidence: Evidence };
