import type { DatabaseSync } from 'node:sqlite';
import { assert } from '#core/kit/assert.ts';
import { accountOf } from '#core/ledger/accounts.ts';
import { type Line, signedMinor } from '#core/ledger/entry.ts';
import type { PostedEntry } from '#core/ledger/ports.ts';

/** Entries of one commit. The position of the commit is in the digits above. */
export const ENTRIES_PER_COMMIT_MAX = 1000;
/** Accounts whose rows are known without asking. */
const KNOWN_ACCOUNTS_MAX = 10_000;

type Change = { debitMinor: bigint; creditMinor: bigint };

/** Writes entries that were not written before, within the caller's transaction. A second one of the same place is a bug, and fails it. */
export function createLedgerWriter(db: DatabaseSync) {
  const insertEntry = db.prepare('INSERT INTO ledger_entries VALUES (?, ?, ?, ?)');
  const insertLine = db.prepare('INSERT INTO ledger_lines VALUES (?, ?, ?, ?)');
  const selectAccount = db.prepare('SELECT id FROM ledger_accounts WHERE account = ?');
  const insertAccount = db.prepare(
    'INSERT INTO ledger_accounts (account, merchant, class, currency, debit_minor, credit_minor) VALUES (?, ?, ?, ?, 0, 0)',
  );
  const changeBalance = db.prepare(
    'UPDATE ledger_accounts SET debit_minor = debit_minor + ?, credit_minor = credit_minor + ? WHERE id = ?',
  );
  const known = new Map<string, number>();

  return function write(entries: readonly PostedEntry[]): void {
    const changes = new Map<number, Change>();
    try {
      for (const entry of entries) writeEntry(entry, changes);
      for (const [id, { debitMinor, creditMinor }] of changes) changeBalance.run(debitMinor, creditMinor, id);
    } catch (cause) {
      // The rows that were made in this transaction are gone with it.
      known.clear();
      throw cause;
    }
  };

  function writeEntry(
    { position, n, stream, seq, at, reason, lines }: PostedEntry,
    changes: Map<number, Change>,
  ): void {
    assert(n < ENTRIES_PER_COMMIT_MAX, `commit ${stream}/${seq} makes ${ENTRIES_PER_COMMIT_MAX} entries or more`);
    const entry = position * ENTRIES_PER_COMMIT_MAX + n;
    insertEntry.run(entry, stream, seq, reason);
    for (const line of lines) {
      const id = accountId(line.account);
      insertLine.run(id, at, entry, signedMinor(line));
      changes.set(id, add(changes.get(id), line));
    }
  }

  function accountId(account: string): number {
    const id = known.get(account) ?? findAccount(account) ?? makeAccount(account);
    if (known.size >= KNOWN_ACCOUNTS_MAX) known.clear();
    known.set(account, id);
    return id;
  }

  function findAccount(account: string): number | undefined {
    return (selectAccount.get(account) as { id: number } | undefined)?.id;
  }

  function makeAccount(account: string): number {
    const { merchant, class: name, currency } = accountOf(account);
    return Number(insertAccount.run(account, merchant, name, currency).lastInsertRowid);
  }
}

function add(change: Change = { debitMinor: 0n, creditMinor: 0n }, { side, amountMinor }: Line): Change {
  const { debitMinor, creditMinor } = change;
  return side === 'debit'
    ? { debitMinor: debitMinor + amountMinor, creditMinor }
    : { debitMinor, creditMinor: creditMinor + amountMinor };
}
