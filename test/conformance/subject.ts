import type { Currency } from '#core/money/currencies.ts';
import type { DeclineCode } from '#core/provider/declineCodes.ts';
import type {
  OperationRequest,
  Outcome,
  Provider,
  ProviderAccount,
  ProviderRequest,
  ProviderResponse,
  WebhookNotice,
} from '#core/provider/port.ts';
import type { FaultKind } from '../simulation/faultKinds.ts';

/**
 * What stands in `test/conformance/<provider>/subject.ts`: what the kit can't know of a provider. Expectations are written from the provider's
 * description and never taken from the adapter: a table that is compared with itself can't fail.
 */
export type Subject = {
  provider: Provider;
  account: ProviderAccount;
  /** Another account of the same provider, with credentials of its own. */
  otherAccount: ProviderAccount;
  /** What a merchant may tell to be connected, and what must be refused. */
  form: { good: readonly Told[]; bad: readonly Told[] };
  generate: GeneratorLimits;
  description: Description;
  /** Its authorisations never take money at once: a capture of the platform's own follows. */
  capturesLater?: boolean;
  idempotency: IdempotencyRules;
  amounts: AmountRules;
  statuses: readonly StatusTable[];
  declines: DeclineTable;
  /** Answers that the provider documents as errors, and what may be concluded from each. */
  errors: readonly ErrorAnswer[];
  webhooks: WebhookRules;
  transcript: Transcript;
  /** A double of the provider's HTTP with books of its own. `now`: its wall clock, milliseconds since the epoch. */
  createDouble: (now: () => number) => Promise<Double>;
  /** Ends what its doubles share. */
  close?: () => Promise<void>;
  tokens: Tokens;
  /** Faults of the simulation that can't happen at this provider, each with the reason. */
  faultsNotApplicable?: Partial<Record<FaultKind, string>>;
};

export type Told = { credentials: Readonly<Record<string, unknown>>; settings: Readonly<Record<string, unknown>> };

/** What generated operations may hold: the provider's own identifiers, and amounts that its description allows. */
export type GeneratorLimits = {
  /** Payment methods as a merchant would give them; the kit adds text of any kind. */
  tokens: readonly string[];
  anyToken: boolean;
  /** References as the provider gives them. */
  targetReferences: readonly string[];
  currencies: (currency: Currency) => boolean;
  amountMinorMax: bigint;
};

/**
 * The provider's official description. `none`: there is none to be had, with the reason. `absent`: it isn't on this machine; what needs it is left out
 * by name. `openDescription` may start an engine; the kit closes it.
 */
export type Description =
  | { kind: 'none'; reason: string }
  | { kind: 'official'; source: string; open: () => Promise<OpenDescription | { absent: string }> };

export type OpenDescription = {
  /** What is wrong with a request; empty when it is as described. */
  check: (request: ProviderRequest) => Promise<readonly string[]>;
  /** The words that the description has for a status, by the name of its table. */
  statusWords: (table: string) => readonly string[];
  /** Codes of declines that the description has; empty when it has none. */
  declineCodes: () => readonly string[];
  /** Types of webhooks that the description has; empty when it has none. */
  eventTypes: () => readonly string[];
  /** Answers with everything in them that the description allows; `seed` picks. The kit breaks them. */
  answers: (seed: number) => readonly { operation: OperationRequest; response: ProviderResponse }[];
  close: () => Promise<void>;
};

export type IdempotencyRules = {
  /** The most characters that the provider takes. */
  charactersMax: number;
  /** The key in a request, at the place where the provider looks for it; null when it isn't there. */
  keyOf: (request: ProviderRequest) => string | null;
  /** Kinds of operations that the provider takes no key for: done twice they are done once, by the state of what they are done to. */
  keyless?: readonly OperationRequest['kind'][];
};

export type AmountRules = {
  /** The amount in a request, in the provider's own units, and its currency; null for a request without one. */
  sent: (request: ProviderRequest) => SentAmount | null;
  /** The number of decimals that the provider counts in, from its documentation. */
  exponentOf: (currency: Currency) => number;
  /** Kinds of operations whose answers tell no amount; for the others the adapter must return it. */
  untold: readonly OperationRequest['kind'][];
};

export type SentAmount = { units: bigint; currency: string | null };

/** One field whose words decide what is read. */
export type StatusTable = {
  /** As the description names the field. */
  name: string;
  /** Of a table that holds only some of the words of another field: that field's name. */
  isOf?: string;
  /** Every word, and what it says of the operation. */
  meanings: Readonly<Record<string, Outcome['outcome']>>;
  /** An answer that holds this word, as it came from the provider but for the word. `word`: any JSON value; undefined: none. */
  answer: (word: unknown) => { operation: OperationRequest; response: ProviderResponse };
  /** How the answer is read, where it isn't the reply to the operation. */
  read?: (operation: OperationRequest, response: ProviderResponse) => Outcome;
};

export type DeclineTable = {
  /** The provider's codes in our words. */
  codes: Readonly<Record<string, DeclineCode>>;
  answer: (code: string) => { operation: OperationRequest; response: ProviderResponse };
};

export type ErrorAnswer = {
  name: string;
  operation: OperationRequest;
  response: ProviderResponse;
  outcome: 'rejected' | 'declined' | 'unknown';
};

export type WebhookRules = {
  /** What arrives when the provider sends this body. */
  sign: (body: string, by: { secrets: readonly string[]; at: number }) => SignedDelivery;
  /** How old a signature may be; null: the provider signs no time, with the reason why a replay does no harm. */
  toleranceMs: number | null;
  /** The field of the account's form that holds the secret. */
  secretField: string;
  /** A secret in the provider's form, made of any text; absent: the text itself. */
  secretOf?: (text: string) => string;
  /** While a secret is being replaced the provider signs with both. */
  signsWithTwoSecrets: boolean;
  /** A genuine body to sign. */
  body: string;
  /** Null where the provider signs the raw bytes; else deliveries with one of the signed fields changed in each. */
  tampered: ((delivered: string) => readonly string[]) | null;
  events: Readonly<Record<string, WebhookEvent>>;
};

export type SignedDelivery = { headers: Record<string, string>; body: string };

export type WebhookEvent =
  | { about: 'money'; body: string; kind: WebhookNotice['kind']; outcome: Outcome['outcome'] }
  /** Known to be about something else, or told by another event: it may be forgotten. */
  | { about: 'other'; body: string }
  /** About money, and not yet understood: kept for an operator. `why` says what is missing. */
  | { about: 'kept'; body: string; why: string };

/** An exchange with credentials and personal data in it, beside what may be kept of it. */
export type Transcript = {
  request: ProviderRequest;
  response: ProviderResponse;
  maskedRequest: ProviderRequest;
  maskedResponse: ProviderResponse;
};

export type Tokens = {
  approved: string;
  declined: { token: string; code: DeclineCode };
  /** Null where a payment can't need the customer. */
  challenge: string | null;
};

/** What only happens at the provider. */
export type ProviderAct = 'customer_approves' | 'customer_refuses' | 'refunds_in_dashboard' | 'captures_in_dashboard';

/** What the provider's books say about one payment of ours, in minor units. */
export type DoubleBooks = { authorizations: number; heldMinor: bigint; capturedMinor: bigint; refundedMinor: bigint };

export type Double = {
  /** A request arrives. Its keys, its books and its webhooks are those of the double. */
  handle: (request: ProviderRequest) => Promise<ProviderResponse>;
  /** Bodies of webhooks that have become due since the last call, in order. */
  takeWebhooks: () => Promise<readonly string[]>;
  /** False when it can't be done there. */
  act: (act: ProviderAct, payment: string) => Promise<boolean>;
  /** What the customer's browser brings back from its challenge; absent: nothing. */
  returnParameters?: (payment: string) => Promise<Readonly<Record<string, string>>>;
  books: (payment: string) => Promise<DoubleBooks>;
  close: () => Promise<void>;
};
