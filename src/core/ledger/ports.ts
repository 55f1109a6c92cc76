import type { AccountClass, Side } from './accounts.ts';
import type { LedgerEntry } from './entry.ts';

/** An entry with the position that its commit has in the feed. */
export type PostedEntry = LedgerEntry & { position: number };

/** What was read of the feed up to `position`. */
export type LedgerBatch = { entries: readonly PostedEntry[]; position: number };

/** All that was ever posted to an account, or to all accounts of a class. */
export type Totals = { debitMinor: bigint; creditMinor: bigint };
export type AccountTotals = Totals & { account: string };
export type ClassTotals = Totals & { class: AccountClass; currency: string };

/** What an entry did to one account. */
export type AccountLine = Pick<LedgerEntry, 'stream' | 'seq' | 'n' | 'at' | 'reason'> & {
  side: Side;
  amountMinor: bigint;
};

/** `merchant`: null for all. `asOf`: what was posted by commits up to that time, milliseconds since the epoch; null for all. */
export type LedgerScope = { merchant: string | null; asOf: number | null };
/** `after`: null for the first page. */
export type PageQuery = { after: string | null; limit: number };

/**
 * Entries, balances and the position in the feed, always of one moment: a batch is there whole or not at all. Made from the feed, so a moment
 * behind the journal.
 */
export type LedgerStore = {
  position: () => number;
  /** An entry is kept once, however often it comes: what is not beyond the position that was reached changes nothing. */
  append: (batch: LedgerBatch) => void | Promise<void>;
  /** In the order of their ids. */
  accounts: (
    query: LedgerScope & PageQuery,
  ) => Promise<{ accounts: readonly AccountTotals[]; next: string | null } | 'cursor_invalid'>;
  /** The latest first; a page stays the same while new lines come. */
  linesOf: (
    query: { account: string; asOf: number | null } & PageQuery,
  ) => Promise<{ lines: readonly AccountLine[]; next: string | null } | 'cursor_invalid' | 'account_not_found'>;
  /** Of each class and currency, in any order. */
  totals: (scope: LedgerScope) => Promise<readonly ClassTotals[]>;
};
