import type { FeedItem } from '#core/journal/ports.ts';
import { entriesOfCommit } from '#core/ledger/entriesOfCommit.ts';
import { type LedgerEntry, signedMinor } from '#core/ledger/entry.ts';
import { amountsOf } from '#core/payments/amounts.ts';
import type { History } from '#core/payments/history.ts';
import type { Difference } from '#core/proof/audit.ts';
import type { Snapshot } from './snapshot.ts';

/** The entries of a commit lie together: its position, times this, plus n. */
const ENTRIES_PER_COMMIT = 1000;

/** Entries and balances against what the posting rules say of each commit; and the sums against the payments themselves. */
export function createLedgerCheck({ derived, positionOf }: Snapshot) {
  const posted = positionOf('ledger');
  const selectLines = derived.prepare(`
    SELECT (entries.entry % ${ENTRIES_PER_COMMIT}) || ' ' || stream || '/' || seq || ' ' || reason || ' ' || accounts.account || ' ' || at || ' ' || amount_minor AS line
    FROM ledger_entries entries JOIN ledger_lines lines ON lines.entry = entries.entry JOIN ledger_accounts accounts ON accounts.id = lines.account
    WHERE entries.entry BETWEEN ? AND ?`);
  const balances = new Map<string, bigint>();
  const payable = new Map<string, bigint>();
  const counts = { entries: 0, lines: 0 };

  function check(items: readonly FeedItem[], history: History): Difference | null {
    const seen = items.filter((item) => item.position <= posted);
    for (const { position, commit } of seen) {
      const difference = checkCommit(position, entriesOfCommit(history, commit.seq));
      if (difference !== null) return { ...difference, where: `ledger ${commit.stream}/${commit.seq}` };
    }
    addPayable(history, seen.length);
    return null;
  }

  function checkCommit(position: number, entries: readonly LedgerEntry[]): Omit<Difference, 'where'> | null {
    const first = position * ENTRIES_PER_COMMIT;
    const found = (selectLines.all(first, first + ENTRIES_PER_COMMIT - 1) as { line: string }[])
      .map((row) => row.line)
      .sort();
    const expected = entries
      .flatMap((entry) =>
        entry.lines.map((line) => printLine(entry, { account: line.account, amount: signedMinor(line) })),
      )
      .sort();
    for (const entry of entries) {
      counts.entries += 1;
      counts.lines += entry.lines.length;
      for (const line of entry.lines)
        balances.set(line.account, (balances.get(line.account) ?? 0n) + signedMinor(line));
    }
    const missing = expected.find((line) => !found.includes(line));
    if (missing !== undefined)
      return { what: `it lacks "${missing}"${found.length === 0 ? '' : `; it has "${found.join('", "')}"`}` };
    const extra = found.find((line) => !expected.includes(line));
    return extra === undefined ? null : { what: `it has "${extra}", which the journal does not say` };
  }

  /** What a merchant is owed by its payments, as the API shows them: counted apart from the posting rules. */
  function addPayable(history: History, seen: number): void {
    const payment = history.versions[seen - 1]?.payment;
    if (payment === undefined) return;
    const { capturedMinor, refundedMinor } = amountsOf(payment);
    const account = `merchant_payable:${payment.merchant}:${payment.currency}`;
    payable.set(account, (payable.get(account) ?? 0n) + capturedMinor - refundedMinor);
  }

  function end(): Difference | null {
    return checkCounts() ?? checkBalances() ?? checkPayable() ?? checkZero();
  }

  function checkCounts(): Difference | null {
    const { entries } = derived.prepare('SELECT count(*) AS entries FROM ledger_entries').get() as { entries: number };
    const { lines } = derived.prepare('SELECT count(*) AS lines FROM ledger_lines').get() as { lines: number };
    if (entries === counts.entries && lines === counts.lines) return null;
    return {
      where: 'ledger',
      what: `${entries} entries with ${lines} lines, and the journal says ${counts.entries} with ${counts.lines}`,
    };
  }

  function checkBalances(): Difference | null {
    const select = derived.prepare('SELECT account, debit_minor, credit_minor FROM ledger_accounts');
    select.setReadBigInts(true);
    for (const row of select.all() as { account: string; debit_minor: bigint; credit_minor: bigint }[]) {
      const expected = balances.get(row.account) ?? 0n;
      const found = row.debit_minor - row.credit_minor;
      if (found !== expected)
        return { where: `ledger account ${row.account}`, what: `its balance is ${found}, its lines say ${expected}` };
    }
    return null;
  }

  function checkPayable(): Difference | null {
    // A provider that captured in another currency than it was asked to owes in that currency: the sums of the payments can't tell.
    const accounts = [...balances.keys()].filter((account) => account.startsWith('merchant_payable:'));
    if (accounts.some((account) => !payable.has(account))) return null;
    const wrong = accounts.find((account) => -(balances.get(account) ?? 0n) !== payable.get(account));
    return wrong === undefined
      ? null
      : {
          where: `ledger account ${wrong}`,
          what: `its balance is ${-(balances.get(wrong) ?? 0n)}, the payments say ${payable.get(wrong)}`,
        };
  }

  function checkZero(): Difference | null {
    const sums = new Map<string, bigint>();
    for (const [account, amount] of balances) {
      const key = `${account.startsWith('memo:') ? 'memo ' : ''}${account.slice(account.lastIndexOf(':') + 1)}`;
      sums.set(key, (sums.get(key) ?? 0n) + amount);
    }
    const wrong = [...sums].find(([, sum]) => sum !== 0n);
    return wrong === undefined
      ? null
      : { where: `ledger, ${wrong[0]}`, what: `debits and credits differ by ${wrong[1]}` };
  }

  return { check, end, counts, accounts: () => balances.size };
}

function printLine(entry: LedgerEntry, { account, amount }: { account: string; amount: bigint }): string {
  return `${entry.n} ${entry.stream}/${entry.seq} ${entry.reason} ${account} ${entry.at} ${amount}`;
}
