import type { Provider, ProviderAccount } from '#core/provider/port.ts';
import type { PaymentStatus } from './status.ts';

export type PaymentQuery = {
  /** Null for the payments of all merchants. */
  merchant: string | null;
  status: PaymentStatus | null;
  /** Null for the newest page. */
  after: string | null;
  limit: number;
};

export type PaymentPage = { ids: readonly string[]; next: string | null };

/** Lists and searches; made from the feed, so a moment behind the journal. Newest first; a page stays the same while new payments come. */
export type PaymentIndex = {
  search: (query: PaymentQuery) => Promise<PaymentPage | 'cursor_invalid'>;
  /** Payments of all merchants that owe a next step, the oldest first. */
  open: (after: string | null, limit: number) => Promise<PaymentPage>;
};

/** Where a merchant's operations go. */
export type ProviderAccounts = {
  /** The account that a new payment of the merchant takes; null when it has none. */
  choose: (merchant: string) => ConnectedAccount | null;
  /** The account that an operation was sent to. */
  find: (account: string) => ConnectedAccount | null;
  /** All accounts at a provider; empty for one that is not connected. */
  ofProvider: (provider: string) => readonly ConnectedAccount[];
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
