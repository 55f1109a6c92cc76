import { accountOf } from './accounts.ts';
import { readAccountCursor, readLineCursor, writeAccountCursor, writeLineCursor } from './cursors.ts';
import type { Line } from './entry.ts';
import type { AccountLine, ClassTotals, LedgerScope, LedgerStore, PostedEntry, Totals } from './ports.ts';

type Kept = { entry: PostedEntry; line: Line };

/** The ledger in memory, by counting everything each time: for unit tests, and what the real ones are compared with. */
export function createMemoryLedger(): LedgerStore {
  const kept: Kept[] = [];
  let reached = 0;

  const within = ({ merchant, asOf }: LedgerScope) =>
    kept.filter(
      ({ entry, line }) =>
        (merchant === null || accountOf(line.account).merchant === merchant) && (asOf === null || entry.at <= asOf),
    );

  return {
    position: () => reached,
    append: ({ entries, position }) => {
      for (const entry of entries.filter((candidate) => candidate.position > reached)) {
        for (const line of entry.lines) kept.push({ entry, line });
      }
      reached = Math.max(reached, position);
    },
    accounts: async ({ after, limit, merchant, asOf }) => {
      const from = after === null ? '' : readAccountCursor(after);
      if (from === 'cursor_invalid') return from;
      const ids = [...new Set(within({ merchant, asOf: null }).map(({ line }) => line.account))].sort();
      const left = ids.filter((id) => id > from);
      const scope = within({ merchant, asOf });
      const accounts = left.slice(0, limit).map((account) => ({
        account,
        ...totalsOf(scope.filter(({ line }) => line.account === account)),
      }));
      const last = accounts.at(-1);
      return { accounts, next: left.length > limit && last !== undefined ? writeAccountCursor(last.account) : null };
    },
    linesOf: async ({ account, asOf, after, limit }) => {
      const of = within({ merchant: null, asOf: null }).filter(({ line }) => line.account === account);
      if (of.length === 0) return 'account_not_found';
      const from = after === null ? null : readLineCursor(after);
      if (from === 'cursor_invalid') return from;
      const left = of
        .filter(({ entry }) => asOf === null || entry.at <= asOf)
        .sort((one, other) => compare(other.entry, one.entry))
        .filter(({ entry }) => from === null || compare(entry, from) < 0);
      const last = left.length > limit ? left[limit - 1] : undefined;
      return {
        lines: left.slice(0, limit).map(lineOf),
        next: last === undefined ? null : writeLineCursor(last.entry),
      };
    },
    totals: async (scope) => {
      const byClass = Map.groupBy(within(scope), ({ line }) => {
        const { class: name, currency } = accountOf(line.account);
        return `${name} ${currency}`;
      });
      return [...byClass.values()].map((rows): ClassTotals => {
        const { class: name, currency } = accountOf(rows[0]?.line.account ?? '');
        return { class: name, currency, ...totalsOf(rows) };
      });
    },
  };
}

type Place = Pick<PostedEntry, 'at' | 'position' | 'n'>;

function compare(left: Place, right: Place): number {
  return left.at - right.at || left.position - right.position || left.n - right.n;
}

function totalsOf(rows: readonly Kept[]): Totals {
  const sum = (side: Line['side']) =>
    rows.filter(({ line }) => line.side === side).reduce((total, { line }) => total + line.amountMinor, 0n);
  return { debitMinor: sum('debit'), creditMinor: sum('credit') };
}

function lineOf({ entry, line }: Kept): AccountLine {
  const { stream, seq, n, at, reason } = entry;
  return { stream, seq, n, at, reason, side: line.side, amountMinor: line.amountMinor };
}
