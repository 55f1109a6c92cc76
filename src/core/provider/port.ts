import type { Secret } from '#core/kit/secret.ts';
import type { Currency } from '#core/money/currencies.ts';
import type { DeclineCode } from './declineCodes.ts';

/**
 * A provider is a translator: an operation becomes an HTTP request, a response becomes an outcome. Both are pure;
 * `send` does the I/O for all of them. Nothing here throws for what a provider answers: what isn't explicit is `unknown`.
 */
export type Provider = {
  name: string;
  /** Raised when a request is built differently: a resend must be byte-identical, so it needs the version that built the first. */
  version: number;
  request: (operation: OperationRequest, account: ProviderAccount) => ProviderRequest;
  read: (operation: OperationRequest, response: ProviderResponse) => Outcome;
  /** Asks what became of an operation, by our own reference. */
  inquiry: Inquiry;
  scrub: ScrubRules;
};

export type Inquiry = {
  /** `strong`: what it doesn't find, begun late enough, isn't there. */
  kind: 'strong';
  request: (operation: OperationRequest, account: ProviderAccount) => ProviderRequest;
  read: (operation: OperationRequest, response: ProviderResponse) => Outcome | NotFound;
};

export type OperationRequest = {
  kind: 'authorize';
  /** Our name for the operation, echoed by the provider; inquiries look for it. */
  reference: string;
  payment: string;
  amountMinor: bigint;
  currency: Currency;
  /** Take the money at once (true), or hold it until a capture (false). */
  capture: boolean;
  token: string;
  /** Derived by the platform, the same on every resend of the operation. */
  idempotencyKey: string;
};

export type ProviderAccount = {
  id: string;
  provider: string;
  baseUrl: string;
  apiKey: Secret;
  timing: ProviderTiming;
};

/** Milliseconds from the moment that `operation.sent` was decided, but for connectMs and propagationMs. */
export type ProviderTiming = {
  connectMs: number;
  /** The first byte leaves before this or not at all. */
  sendWithinMs: number;
  /** The socket is destroyed at this. */
  exchangeMs: number;
  /** How long after `sendWithinMs` an inquiry can be trusted to see what was sent. */
  propagationMs: number;
};

export type ProviderRequest = {
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
};

export type ProviderResponse = {
  status: number;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  body: string;
};

/** What the provider says of an operation. `amountMinor` and `currency` are what it saw; null where it doesn't tell. */
export type Outcome =
  | ({ outcome: 'succeeded' } & Seen)
  | ({ outcome: 'declined'; code: DeclineCode; providerCode: string | null; message: string | null } & Seen)
  | ({ outcome: 'rejected'; providerCode: string | null; message: string | null } & Seen)
  | { outcome: 'unknown'; reason: string };

export type NotFound = { outcome: 'not_found' };

export type Seen = {
  amountMinor: bigint | null;
  currency: string | null;
  providerReference: string | null;
  /** The provider's own version or time of the object, where it has one: a higher one is newer. */
  providerVersion: number | null;
};

export type ScrubRules = {
  /** Lower-case names of headers whose values are credentials. */
  headers: readonly string[];
  /** Names of body fields whose values are masked, wherever they stand. */
  fields: readonly string[];
};
