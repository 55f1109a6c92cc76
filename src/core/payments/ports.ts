import type { Provider, ProviderAccount } from '#core/provider/port.ts';
import type { PaymentFilter } from './paymentFilter.ts';
import type { PaymentStatus } from './status.ts';

export type PaymentQuery = {
  /** Null for the payments of all merchants. */
  merchant: string | null;
  status: PaymentStatus | null;
  /** Absent: all of them. */
  filter?: PaymentFilter;
  /** Null for the newest page. */
  after: string | null;
  limit: number;
};

export type PaymentPage = { ids: readonly string[]; next: string | null };

/**
 * Lists and searches; made from the feed, so a moment behind the journal. Newest first; a page stays the same while new payments come. A
 * filter that no index serves is held against so many rows only: a page may be short, or empty, and still have a next one.
 */
export type PaymentIndex = {
  search: (query: PaymentQuery) => Promise<PaymentPage | 'cursor_invalid'>;
  /** Payments of all merchants that owe a next step, the oldest first. */
  open: (after: string | null, limit: number) => Promise<PaymentPage>;
};

/** Where merchants' operations go. What it says may be seconds old; it is read from memory almost always. */
export type ProviderAccounts = {
  of: (merchant: string) => Promise<MerchantAccounts>;
  /** By id, whosever it is, and whether or not it takes new payments. */
  find: (account: string) => Promise<ConnectedAccount | null>;
  /** Those whose webhooks may come without naming the account: the platform's own. */
  unnamed: (provider: string) => readonly ConnectedAccount[];
  /** Null for one that the platform doesn't know. */
  provider: (name: string) => Provider | null;
  /** A provider has refused the credentials of the account: they may have been rotated elsewhere, and are read anew. */
  doubt: (account: string) => void;
};

/** A merchant's own and nobody else's. */
export type MerchantAccounts = {
  /** Those that take new payments, the first choice first. */
  inOrder: readonly ConnectedAccount[];
  /** Those that take new payments only where a token names them. */
  onlyNamed: readonly ConnectedAccount[];
  /** By id or name; also one that takes no new payments: what was sent through it is followed up. */
  find: (account: string) => ConnectedAccount | null;
};

export type ConnectedAccount = { provider: Provider; account: ProviderAccount };

/** When a payment is next due, made from the feed. */
export type Schedule = {
  /** Ids of payments due at `now` or before, the longest due first. */
  due: (now: number, limit: number) => Promise<readonly string[]>;
  /** Not before `dueAt`, milliseconds since the epoch: what was due could not be done. */
  postpone: (id: string, dueAt: number) => Promise<void>;
  /** Puts back what is missing; true when it was. */
  restore: (id: string, version: number, dueAt: number) => Promise<boolean>;
  /**
   * What the payment itself says as of a version; null: it owes nothing. What a newer version has said stays. The feed says the same, but a
   * row that was written late, by another process, would stand for ever.
   */
  correct: (id: string, version: number, dueAt: number | null) => Promise<void>;
};
