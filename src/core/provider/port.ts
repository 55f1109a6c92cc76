import type { Currency } from '#core/money/currencies.ts';
import type { AccountForm, Credentials, Settings } from './accountForm.ts';
import type { DeclineCode } from './declineCodes.ts';

/**
 * A provider is a translator: an operation becomes an HTTP request, a response becomes an outcome. Both are pure;
 * `send` does the I/O for all of them. Nothing here throws for what a provider answers: what isn't explicit is `unknown`.
 */
export type Provider = {
  name: string;
  /** Raised when a request is built differently: a resend must be byte-identical, so it needs the version that built the first. */
  version: number;
  capabilities: Capabilities;
  /** What of it is otherwise under the contract that the settings describe (capabilities.ts). */
  capabilitiesBySettings?: (settings: Settings) => Partial<Capabilities>;
  /** What a merchant tells to be connected. */
  account: AccountForm;
  request: (operation: OperationRequest, account: ProviderAccount) => ProviderRequest;
  read: (operation: OperationRequest, response: ProviderResponse) => Outcome;
  /** Whether it can be asked for this at all: an amount that the provider's units can't hold can't. Absent: whatever it is. */
  takes?: (operation: OperationRequest) => boolean;
  /** Asks what became of an operation, by our own reference. */
  inquiry: Inquiry;
  /** Absent where a challenge needs no more than the customer, and can be asked about. */
  completion?: Completion;
  webhooks: Webhooks;
  scrub: ScrubRules;
};

/** What a provider can do, in data. */
export type Capabilities = {
  /** An authorisation can be captured more than once. */
  multipleCaptures: boolean;
  /** A part of an authorisation can be captured; false: all of it or nothing. Absent: it can. */
  partialCaptures?: boolean;
  /** What is left of an authorisation after a part was captured can be voided; else it lapses by itself. */
  voidsRest: boolean;
  /** How long the provider remembers an idempotency key, milliseconds: a resend is safe only inside it. */
  idempotencyWindowMs: number;
  /** Its webhooks carry our ids. Where they don't, the provider's own references are kept to find the payment by. */
  echoesReferences: boolean;
};

/** For providers that go on with a challenged authorisation only when they are told what the customer's browser brought back. */
export type Completion = {
  /**
   * `parameters`: of the address that the customer came back to: anybody may have made them up. Null: none of them is of use.
   * `operation.idempotencyKey` is one of the completion's own, the same for the same parameters.
   */
  request: (
    operation: OperationRequest,
    parameters: ReturnParameters,
    account: ProviderAccount,
  ) => ProviderRequest | null;
  /** What refuses only this call, and may be about made-up parameters, is `unknown`. */
  read: (operation: OperationRequest, response: ProviderResponse) => Outcome;
};

export type ReturnParameters = Readonly<Record<string, string>>;

export type Inquiry = Lookup | NoLookup;

export type Lookup = {
  /** `strong`: what it doesn't find, begun late enough, isn't there. `eventual`: it may not find what is there. */
  kind: 'strong' | 'eventual';
  /** It looks in a span of time: good while the provider's clock, as its header `Date` tells, and ours differ by less. Absent: it doesn't. */
  clocksDifferMs?: number;
  request: (operation: OperationRequest, account: ProviderAccount, asked: Asked) => ProviderRequest;
  /** `more`: it is not on this page of a list; the next one is asked for at once. */
  read: (operation: OperationRequest, response: ProviderResponse) => Outcome | NotFound | NextPage;
};

/** `sentAt`: when the operation was decided, by the clock of the process that sent it, milliseconds since the epoch. `after`: what the page before said; null for the first. */
export type Asked = { sentAt: number; after: string | null };

export type NextPage = { outcome: 'more'; after: string };

/** It can't be asked. While it remembers the key, the same bytes are sent again, and what it answers is about the first of them. */
export type NoLookup = {
  kind: 'none';
  /** Reads the answer to a resend: what refuses only this call, and may not be what the first was told, is `unknown`. */
  readResent: (operation: OperationRequest, response: ProviderResponse) => Outcome;
};

export type Webhooks = {
  /** Whether the account's provider signed these raw bytes, lately. Constant time. `now`: milliseconds since the epoch. */
  isGenuine: (delivery: WebhookDelivery, account: ProviderAccount, now: number) => boolean;
  /** One body an event, where a delivery may hold several: each is kept and read by itself. Absent: it never does. */
  split?: (body: string) => readonly string[];
  /** Null for what isn't about a payment, or not understood: it is kept and shown, unless `isOther` knows it. */
  read: (body: string) => WebhookNotice | null;
  /** Whether it is known to be about something else, or told elsewhere: only this may be forgotten. */
  isOther?: (body: string) => boolean;
  /** Whether it is about this very account, where one endpoint is told what happened at several: another's is no evidence here. Absent: it is. */
  isOf?: (body: string, account: ProviderAccount) => boolean;
};

export type WebhookDelivery = { headers: Readonly<Record<string, string | undefined>>; body: string };

/** What a webhook says, of what. */
export type WebhookNotice = {
  /** The provider's id of the event: a second delivery is the same event. */
  id: string;
  kind: 'authorize' | 'capture' | 'void' | 'refund';
  /** Our operation id, where the provider echoes it. */
  reference: string | null;
  /** Our payment id, where the provider echoes it. */
  payment: string | null;
  /** The provider's reference of the authorisation that a capture, void or refund is about. */
  targetReference: string | null;
  outcome: Outcome;
};

export type OperationRequest = {
  kind: 'authorize' | 'capture' | 'void' | 'refund';
  /** Our name for the operation, echoed by the provider; inquiries look for it. */
  reference: string;
  payment: string;
  amountMinor: bigint;
  currency: Currency;
  /** authorize: take the money at once, or hold it until a capture. */
  captures: boolean;
  /** capture: release the rest. */
  final: boolean;
  /** authorize: the payment method. Empty once it was erased. */
  token: string;
  /** authorize: where the customer comes back to after a challenge. */
  returnUrl: string | null;
  /** capture, void, refund: the authorisation, by the provider's reference. */
  targetReference: string | null;
  /** The same, by our own reference. */
  targetOwnReference: string | null;
  /** void: the authorisation is not complete: it is stopped, not undone. */
  stops: boolean;
  /** Derived by the platform, the same on every resend of the operation. */
  idempotencyKey: string;
};

export type ProviderAccount = {
  id: string;
  provider: string;
  baseUrl: string;
  /** As the provider's form names them. */
  credentials: Credentials;
  settings: Settings;
  timing: ProviderTiming;
  /** When the credentials that requests bear were last changed, milliseconds since the epoch. Absent: they are the first. */
  keysChangedAt?: number;
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
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
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
  /** `capturedMinor`: authorize: how much of it was taken at once; null where it doesn't tell. */
  | ({ outcome: 'succeeded'; capturedMinor: bigint | null } & Seen)
  /** `reversed`: it had succeeded, and failed later. */
  | ({
      outcome: 'declined' | 'reversed';
      code: DeclineCode;
      providerCode: string | null;
      message: string | null;
    } & Seen)
  | ({ outcome: 'rejected'; providerCode: string | null; message: string | null } & Seen)
  | ({ outcome: 'requires_action'; redirectUrl: string } & Seen)
  | ({ outcome: 'pending' } & Seen)
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
