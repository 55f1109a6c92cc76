import type { PaymentProjection } from '#core/payments/projection.ts';

/** A provider's webhook, proven genuine, as it came. Headers are not kept: what they were good for, the signature, has been checked. */
export type Delivery = {
  /** Derived from the account and the provider's event (webhookId.ts): the second delivery of an event has the id of the first. */
  id: string;
  provider: string;
  /** The account whose secret proved it. */
  account: string;
  body: Uint8Array;
  /** Milliseconds since the epoch. */
  receivedAt: number;
};

/** `attempts`: how often it was worked on in vain. */
export type InboxItem = Delivery & { attempts: number };
export type QuarantinedItem = InboxItem & { reason: QuarantineReason };

/** `ignored`: the adapter knows that it is not about a payment. */
export type IngestResult = 'applied' | 'no_change' | 'ignored';

/** What time may cure. */
export type WaitReason =
  | 'payment_unknown'
  | 'operation_unknown'
  /** It may be about an operation of ours whose answer we don't have yet. */
  | 'operation_unsettled'
  | 'account_unknown'
  | 'fault';

/** What a person has to look at. */
export type QuarantineReason =
  | WaitReason
  | 'account_mismatch'
  | 'reference_mismatch'
  | 'kind_mismatch'
  | 'amount_missing'
  /** It is genuine, and the adapter can't tell what it is about. */
  | 'not_understood'
  /** It is about a payment, and says what the adapter has no word for. */
  | 'outcome_unknown';

export type QuarantinePage = { items: readonly QuarantinedItem[]; next: string | null };

/**
 * Genuine webhooks of providers, from before they are answered until they are done. Each is waiting, quarantined or finished. Every change
 * is durable before its promise resolves; a change of an item that is no longer waiting does nothing.
 */
export type Inbox = {
  /** Due at once. A second delivery with the same id changes nothing, whatever became of the first. */
  receive: (delivery: Delivery) => Promise<'received' | 'duplicate'>;
  /** Waiting items due at `now` or before, the longest due first. */
  due: (now: number, limit: number) => Promise<readonly InboxItem[]>;
  finish: (id: string, result: IngestResult) => Promise<void>;
  retryAt: (id: string, retry: { at: number; attempts: number; reason: WaitReason }) => Promise<void>;
  quarantine: (id: string, why: { attempts: number; reason: QuarantineReason }) => Promise<void>;
  /** Newest first, and the same while others come and go. */
  quarantined: (cursor: string | null, limit: number) => Promise<QuarantinePage | 'cursor_invalid'>;
  /** Makes a quarantined item wait again, due at `now`, as if it had just come; false when there is no such item. */
  release: (id: string, now: number) => Promise<boolean>;
  /** Deletes finished items that came before; those that wait or are quarantined stay, however old. Tells how many. */
  forget: (receivedBefore: number, limit: number) => Promise<number>;
  counts: () => Promise<{ waiting: number; quarantined: number }>;
  /** Calls the listener soon after something became due at once; returns the function that stops it. */
  subscribe: (listener: () => void) => () => void;
};

/** Which payment a provider's own reference belongs to, where the provider does not echo ours. Made from the feed, so a moment behind the journal. */
export type References = { find: (account: string, providerReference: string) => Promise<string | null> };

export type ReferencesProjection = References & { projection: PaymentProjection };

/** Whether a provider's webhooks carry our own ids, by the provider's name. */
export type EchoesReferences = (provider: string) => boolean;
