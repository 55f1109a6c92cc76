import type { Currency } from '#core/money/currencies.ts';
import type { DeclineCode } from '#core/provider/declineCodes.ts';
import type { PaymentMethod } from './paymentMethod.ts';

/**
 * The facts of a payment. Past tense, never changed once written; a new shape is a new version (codec.ts). `operation` is the number of
 * an operation within its payment: 1, 2, 3 …
 */
export type PaymentEvent =
  | PaymentCreated
  | PaymentConfirmed
  | CancelRequested
  | PaymentCanceled
  | AuthorizationLapsed
  | ConflictResolved
  | OperationSent
  | OperationWithheld
  | OperationSucceeded
  | OperationAmended
  | OperationDeclined
  | OperationRejected
  | OperationNotSent
  | OperationActionRequired
  | OperationPending
  | OperationTimedOut
  | OperationUnknown
  | OperationInquired
  | OperationResent
  | OperationOverdue
  | OperationNotFound
  | OperationReversed
  | OperationConfirmed
  | OperationDiscovered
  | OperationSettled;

export type CaptureMode = 'automatic' | 'manual';
export type OperationKind = 'authorize' | 'capture' | 'void' | 'refund';

export type PaymentCreated = {
  type: 'payment.created';
  merchant: string;
  amountMinor: bigint;
  currency: Currency;
  capture: CaptureMode;
  attemptsMax: number | null;
  allowPartial: boolean;
  /** Kept apart from the facts, and null after an erasure. */
  personal: PersonalData | null;
};

export type PersonalData = {
  paymentMethod: PaymentMethod | null;
  customer: string | null;
  description: string | null;
  statementDescriptor: string | null;
  returnUrl: string | null;
  metadata: Readonly<Record<string, string>>;
};

/** The customer's or merchant's consent to try; with another payment method where the last one failed. */
export type PaymentConfirmed = { type: 'payment.confirmed'; personal: { paymentMethod: PaymentMethod } | null };

/** Canceled as soon as it is known what there is to cancel. */
export type CancelRequested = { type: 'payment.cancel_requested' };

/** Nothing was asked of a provider, or all of it is known not to have happened: there was nothing to undo. */
export type PaymentCanceled = { type: 'payment.canceled' };

/** The provider holds the money no longer. */
export type AuthorizationLapsed = { type: 'authorization.lapsed'; operation: number };

/** An operator, or the merchant's policy, has said what is to become of what nobody expected. */
export type ConflictResolved = {
  type: 'conflict.resolved';
  /** The operation that the conflict is about. */
  operation: number;
  resolution: 'accept' | 'return_money';
  by: OperatorStatement;
};

export type OperatorStatement = { name: string; reason: string };

type Asked = {
  operation: number;
  kind: OperationKind;
  amountMinor: bigint;
  /** The authorisation that it captures, voids or refunds; null for an authorisation. */
  target: number | null;
  /** authorize: take the money at once. */
  captures: boolean;
  /** capture: the rest of the authorisation is released. */
  final: boolean;
  /** void: the authorisation is not complete (the customer has not acted, or the provider has not decided): it is stopped, not undone. */
  stops: boolean;
  /** The commit of the command that it serves, which is answered when none of its operations is in `sent`; null: nobody waits. */
  command: number | null;
  /** void, refund: why, where no command asked for it. */
  cause: OperationCause | null;
  /** refund: why, in the merchant's words. */
  reason: RefundReason | null;
};

export type RefundReason = 'duplicate' | 'fraudulent' | 'requested_by_customer';

/** `unwanted`: nobody wants the money that it returns: canceled in doubt, refused partial approval, a conflict resolved that way. */
export type OperationCause = 'unwanted' | 'lapsed';

/** Durable before a byte leaves. */
export type OperationSent = { type: 'operation.sent' } & Asked & SendingFacts;

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
  /** Absent where the provider can be asked what became of it. */
  resend?: ResendTerms;
};

/** The same bytes may be sent again until `before` (milliseconds since the epoch), to the scheme and host that know their key. */
export type ResendTerms = { before: number; origin: string };

/** Not even tried: the provider is known to be out of reach. */
export type OperationWithheld = {
  type: 'operation.withheld';
  provider: string;
  account: string;
  because: string;
} & Asked;

/** Where a statement about an operation came from. `account` is the one whose credentials proved it. */
export type Evidence = {
  source: 'reply' | 'webhook' | 'inquiry' | 'settlement' | 'operator';
  account: string;
  providerReference: string | null;
  providerVersion: number | null;
  /** SHA-256 of the raw answer; the scrubbed answer is kept under it. Empty for an operator's word. */
  rawHash: string;
  by: OperatorStatement | null;
};

/** `amountMinor` and `currency` are what the provider saw: a difference from what was asked is a conflict. */
export type OperationSucceeded = {
  type: 'operation.succeeded';
  operation: number;
  amountMinor: bigint;
  /** authorize: how much of it was taken at once. */
  capturedMinor: bigint;
  currency: string;
  evidence: Evidence;
};

/** Newer proof of another amount. */
export type OperationAmended = {
  type: 'operation.amended';
  operation: number;
  amountMinor: bigint;
  capturedMinor: bigint;
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

/** The customer must do something, at this address. */
export type OperationActionRequired = {
  type: 'operation.action_required';
  operation: number;
  redirectUrl: string;
  evidence: Evidence;
};

/** The provider has it and will tell. */
export type OperationPending = { type: 'operation.pending'; operation: number; evidence: Evidence };

/** No whole answer came before the deadline. */
export type OperationTimedOut = { type: 'operation.timed_out'; operation: number; reason: string };

/** An answer came and says nothing for certain. */
export type OperationUnknown = { type: 'operation.unknown'; operation: number; reason: string; evidence: Evidence };

/** We asked and learned nothing new; the next question is later. */
export type OperationInquired = { type: 'operation.inquired'; operation: number; reason: string };

/** The same bytes with the same key, once more: durable before the first of them leaves. The doubt stays until the answer ends it. */
export type OperationResent = { type: 'operation.resent'; operation: number; sendBefore: number; deadline: number };

/** Its provider can't be asked, and nothing is sent again: only its webhook, a settlement or an operator can tell. An operator was told. */
export type OperationOverdue = { type: 'operation.overdue'; operation: number; reason: string };

/** Proven absent: it did not happen and no longer can. */
export type OperationNotFound = { type: 'operation.not_found'; operation: number; evidence: Evidence };

/** It had succeeded, and failed later: a capture at settlement, a refund that bounced. */
export type OperationReversed = { type: 'operation.reversed'; operation: number; evidence: Evidence };

/** More proof of what is already known; it changes no money. `moved`: whether it says that the operation took effect. */
export type OperationConfirmed = { type: 'operation.confirmed'; operation: number; moved: boolean; evidence: Evidence };

/** A fact that nobody here asked for: a refund or a capture made in the provider's dashboard. */
export type OperationDiscovered = {
  type: 'operation.discovered';
  operation: number;
  kind: 'capture' | 'refund';
  amountMinor: bigint;
  currency: string;
  target: number;
  provider: string;
  evidence: Evidence;
};

/** The provider has paid it out, less its fee, perhaps in another currency. */
export type OperationSettled = {
  type: 'operation.settled';
  operation: number;
  /** In the payment's currency. */
  grossMinor: bigint;
  /** In the currency of the settlement, as are the fee and what the bank gets. */
  settledMinor: bigint;
  feeMinor: bigint;
  settlementCurrency: Currency;
  evidence: Evidence;
};
