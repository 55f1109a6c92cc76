import type { Currency } from '#core/money/currencies.ts';
import type { NotFound, Outcome } from '#core/provider/port.ts';
import type { CaptureMode, Evidence, OperatorStatement, PersonalData, RefundReason } from './events.ts';
import type { Owed } from './owed.ts';
import type { PaymentMethod } from './paymentMethod.ts';

/** What is asked of a payment. Each carries `now`, milliseconds since the epoch: deciders have no clock. */
export type PaymentCommand = { now: number } & (
  | CreatePayment
  | { type: 'confirm'; paymentMethod: PaymentMethod | null }
  /** Null: all that is left. */
  | { type: 'capture'; amountMinor: bigint | null; final: boolean | null }
  | { type: 'cancel' }
  | { type: 'refund'; amountMinor: bigint | null; reason: RefundReason | null }
  | { type: 'observe'; operation: number; observation: Observation }
  | { type: 'discover'; kind: 'capture' | 'refund'; target: number; outcome: Outcome; proof: Proof }
  | {
      type: 'state_evidence';
      operation: number;
      outcome: 'succeeded' | 'not_happened';
      by: OperatorStatement;
      seen?: OperatorSeen;
    }
  | { type: 'resolve_conflict'; operation: number; resolution: 'accept' | 'return_money'; by: OperatorStatement }
  | { type: 'pursue'; step: Owed['step']; operation: number }
);

export type CreatePayment = {
  type: 'create';
  id: string;
  merchant: string;
  amountMinor: bigint;
  currency: Currency;
  capture: CaptureMode;
  /** Authorise at once. */
  confirm: boolean;
  attemptsMax: number | null;
  allowPartial: boolean;
  personal: PersonalData;
};

/**
 * What an operator read in the provider's own console. Without its reference nothing can be done with money that nobody told us of.
 * Nulls: as far as is known; as much as was asked.
 */
export type OperatorSeen = { providerReference: string | null; amountMinor: bigint | null };

/** A statement about an operation, wherever it comes from. */
export type Observation =
  | { kind: 'told'; outcome: Outcome; proof: Proof }
  /** `beganAt`: when we asked; what isn't found proves absence only if that was late enough. */
  | {
      kind: 'inquired';
      outcome: Outcome | NotFound;
      scheduled: boolean;
      beganAt: number;
      propagationMs: number;
      proof: Proof;
    }
  | { kind: 'inquiry_unanswered'; reason: string }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unanswered'; reason: string };

/** The account whose credentials proved it, and the SHA-256 of the answer as it came. */
export type Proof = Pick<Evidence, 'source' | 'account' | 'rawHash'>;
