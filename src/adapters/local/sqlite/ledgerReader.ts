import type { DatabaseSync } from 'node:sqlite';
import { readAccountCursor, readLineCursor, writeAccountCursor, writeLineCursor } from '#core/ledger/cursors.ts';
import type { AccountLine, ClassTotals, LedgerStore, Totals } from '#core/ledger/ports.ts';
import { ENTRIES_PER_COMMIT_MAX } from './ledgerWriter.ts';

type AccountRow = { id: bigint; account: string; debit: bigint; credit: bigint };
type ClassRow = { class: ClassTotals['class']; currency: string; debit: bigint; credit: bigint };
type LineRow = {
  at: bigint;
  entry: bigint;
  amount: bigint;
  stream: string;
  seq: bigint;
  reason: AccountLine['reason'];
};

const DEBIT = 'coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0)';
const CREDIT = '-coalesce(sum(amount_minor) FILTER (WHERE amount_minor < 0), 0)';
const LAST = Number.MAX_SAFE_INTEGER;

/** As of a time: the balance as it is, less what came after that time. Most questions are about lately, and read little. */
export function createLedgerReader(db: DatabaseSync): Pick<LedgerStore, 'accounts' | 'linesOf' | 'totals'> {
  const page =
    'SELECT id, account, debit_minor AS debit, credit_minor AS credit FROM ledger_accounts WHERE account > ?';
  const accountsOfAll = prepare(`${page} ORDER BY account LIMIT ?`);
  const accountsOfOne = prepare(`${page} AND merchant = ? ORDER BY account LIMIT ?`);
  const since = prepare(`SELECT ${DEBIT} AS debit, ${CREDIT} AS credit FROM ledger_lines WHERE account = ? AND at > ?`);
  const classes = 'SELECT class, currency, sum(debit_minor) AS debit, sum(credit_minor) AS credit FROM ledger_accounts';
  const classesOfAll = prepare(`${classes} GROUP BY class, currency`);
  const classesOfOne = prepare(`${classes} WHERE merchant = ? GROUP BY class, currency`);
  // CROSS: the accounts are the outer loop, so that each is one range of the lines.
  const later = `SELECT class, currency, ${DEBIT} AS debit, ${CREDIT} AS credit
    FROM ledger_accounts AS a CROSS JOIN ledger_lines AS l WHERE l.account = a.id AND l.at > ?`;
  const laterOfAll = prepare(`${later} GROUP BY class, currency`);
  const laterOfOne = prepare(`${later} AND a.merchant = ? GROUP BY class, currency`);
  const accountId = prepare('SELECT id FROM ledger_accounts WHERE account = ?');
  const lines = prepare(`
    SELECT l.at, l.entry, l.amount_minor AS amount, e.stream, e.seq, e.reason
    FROM ledger_lines AS l JOIN ledger_entries AS e ON e.entry = l.entry
    WHERE l.account = ? AND l.at <= ? AND (l.at, l.entry) < (?, ?) ORDER BY l.at DESC, l.entry DESC LIMIT ?`);

  function prepare(sql: string) {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  }

  const accounts: LedgerStore['accounts'] = async ({ merchant, asOf, after, limit }) => {
    const from = after === null ? '' : readAccountCursor(after);
    if (from === 'cursor_invalid') return from;
    const rows = (
      merchant === null ? accountsOfAll.all(from, limit + 1) : accountsOfOne.all(from, merchant, limit + 1)
    ) as AccountRow[];
    const shown = rows.slice(0, limit).map((row) => {
      const after = asOf === null ? undefined : (since.get(row.id, asOf) as AccountRow | undefined);
      return { account: row.account, ...less(row, after) };
    });
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return { accounts: shown, next: last === undefined ? null : writeAccountCursor(last.account) };
  };

  const linesOf: LedgerStore['linesOf'] = async ({ account, asOf, after, limit }) => {
    const found = accountId.get(account) as { id: bigint } | undefined;
    if (found === undefined) return 'account_not_found';
    const cursor = after === null ? { at: LAST, position: 0, n: 0 } : readLineCursor(after);
    if (cursor === 'cursor_invalid') return cursor;
    const entry = cursor.position * ENTRIES_PER_COMMIT_MAX + cursor.n;
    const rows = lines.all(found.id, asOf ?? LAST, cursor.at, entry, limit + 1) as LineRow[];
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      lines: rows.slice(0, limit).map(lineOf),
      next: last === undefined ? null : writeLineCursor({ at: Number(last.at), ...placeOf(last) }),
    };
  };

  const totals: LedgerStore['totals'] = async ({ merchant, asOf }) => {
    const rows = (merchant === null ? classesOfAll.all() : classesOfOne.all(merchant)) as ClassRow[];
    const later =
      asOf === null ? [] : ((merchant === null ? laterOfAll.all(asOf) : laterOfOne.all(asOf, merchant)) as ClassRow[]);
    return rows.map((row) => {
      const after = later.find((other) => other.class === row.class && other.currency === row.currency);
      return { class: row.class, currency: row.currency, ...less(row, after) };
    });
  };

  return { accounts, linesOf, totals };
}

type Sums = Pick<AccountRow, 'debit' | 'credit'>;

function less(now: Sums, after: Sums = { debit: 0n, credit: 0n }): Totals {
  return { debitMinor: now.debit - after.debit, creditMinor: now.credit - after.credit };
}

function lineOf(row: LineRow): AccountLine {
  const { stream, reason, amount } = row;
  const [side, amountMinor] = amount > 0n ? (['debit', amount] as const) : (['credit', -amount] as const);
  return { stream, seq: Number(row.seq), n: placeOf(row).n, at: Number(row.at), reason, side, amountMinor };
}

function placeOf({ entry }: Pick<LineRow, 'entry'>): { position: number; n: number } {
  const each = BigInt(ENTRIES_PER_COMMIT_MAX);
  return { position: Number(entry / each), n: Number(entry % each) };
}
