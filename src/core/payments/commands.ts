import type { Currency } from '#core/money/currencies.ts';
import type { NotFound, Outcome } from '#core/provider/port.ts';
import type { Evidence, PersonalData } from './events.ts';
import type { Route } from './route.ts';

/** What is asked of a payment. Each carries `now`, milliseconds since the epoch: deciders have no clock. */
export type PaymentCommand = CreatePayment | Observe | TimeOut;

export type CreatePayment = {
  type: 'create';
  now: number;
  id: string;
  merchant: string;
  amountMinor: bigint;
  currency: Currency;
  capture: 'automatic';
  attemptsMax: number | null;
  personal: PersonalData;
  route: Route;
};

/** A statement about an operation, wherever it comes from: reply, inquiry, webhook, settlement, operator. */
export type Observe = { type: 'observe'; now: number; operation: number; observation: Observation };

export type Observation =
  | ({ kind: 'reply'; outcome: Outcome } & Proof)
  /** `beganAt`: when we asked; what isn't found proves absence only if that was late enough. */
  | ({ kind: 'inquiry'; outcome: Outcome | NotFound; beganAt: number; propagationMs: number } & Proof)
  | { kind: 'inquiry_unanswered'; reason: string }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unanswered'; reason: string };

/** The account whose credentials got the answer, and the SHA-256 of the answer as it came. */
export type Proof = Pick<Evidence, 'account' | 'rawHash'>;

export type TimeOut = { type: 'time_out'; now: number; operation: number };
