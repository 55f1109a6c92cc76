import type { LedgerStore } from '#core/ledger/ports.ts';
import type { Derived } from './derived.ts';
import { createLedgerReader } from './ledgerReader.ts';
import { createLedgerWriter } from './ledgerWriter.ts';

const NAME = 'ledger';

/*
 * Made here and not with the file: a file from before gets it too, and is filled from the beginning of the feed.
 *
 * The rows lie in order of arrival, and no index is by payment: an index over random ids would cost more than all the rest (measured: 7 of
 * 10 microseconds a payment). What an entry is called, (stream, seq, n), follows from its commit's position in the feed, which never repeats;
 * `entry` is made of that and n. The entries of one payment are computed from its stream.
 *
 * The lines of an account lie together, by time: its latest page and its balance as of a time are one range each. Debits are positive.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ledger_accounts (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL UNIQUE,
    merchant TEXT NOT NULL,
    class TEXT NOT NULL,
    currency TEXT NOT NULL,
    debit_minor INTEGER NOT NULL,
    credit_minor INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS ledger_accounts_by_merchant ON ledger_accounts (merchant, account);
  CREATE TABLE IF NOT EXISTS ledger_entries (
    entry INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS ledger_lines (
    account INTEGER NOT NULL,
    at INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (account, at, entry)
  ) STRICT, WITHOUT ROWID;
`;

/** The books, in the derived file: entries, balances and position in one transaction. */
export function createSqliteLedger(derived: Derived): LedgerStore {
  derived.db.exec(SCHEMA);
  const write = createLedgerWriter(derived.db);

  function append({ entries, position }: Parameters<LedgerStore['append']>[0]): void {
    const reached = derived.positionOf(NAME);
    if (position <= reached) return;
    const fresh = entries.filter((entry) => entry.position > reached);
    derived.advance(NAME, position, () => write(fresh));
  }

  return { position: () => derived.positionOf(NAME), append, ...createLedgerReader(derived.db) };
}
