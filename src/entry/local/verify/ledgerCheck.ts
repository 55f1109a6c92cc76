import type { FeedItem } from '#core/journal/ports.ts';
import { accountOf, parseAccount, printAccount } from '#core/ledger/accounts.ts';
import { entriesOfCommit } from '#core/ledger/entriesOfCommit.ts';
import { type LedgerEntry, type Line, signedMinor } from '#core/ledger/entry.ts';
import { amountsOf } from '#core/payments/amounts.ts';
import type { History } from '#core/payments/history.ts';
import type { Difference } from '#core/proof/audit.ts';
import type { Snapshot } from './snapshot.ts';

/** The entries of a commit lie together: its position, times this, plus n. */
const ENTRIES_PER_COMMIT = 1000;

/** The ledger keeps lines by account. Looked up by entry there, each commit would cost a walk through all of them. */
const LINES_BY_ENTRY = `
  CREATE TEMP TABLE lines_by_entry (
    entry INTEGER NOT NULL, account INTEGER NOT NULL, at INTEGER NOT NULL, amount_minor INTEGER NOT NULL,
    PRIMARY KEY (entry, account, at)
  ) WITHOUT ROWID;
  INSERT INTO lines_by_entry SELECT entry, account, at, amount_minor FROM ledger_lines ORDER BY entry, account, at;`;

type Sums = { debitMinor: bigint; creditMinor: bigint };
type AccountRow = {
  account: string;
  merchant: string;
  class: string;
  currency: string;
  debit_minor: bigint;
  credit_minor: bigint;
};

/** Entries and balances against what the posting rules say of each commit; and the sums against the payments themselves. */
export function createLedgerCheck({ derived, positionOf }: Snapshot) {
  const posted = positionOf('ledger');
  derived.exec(LINES_BY_ENTRY);
  const selectLines = derived.prepare(`
    SELECT (entries.entry % ${ENTRIES_PER_COMMIT}) || ' ' || stream || '/' || seq || ' ' || reason || ' ' || accounts.account || ' ' || at || ' ' || amount_minor AS line
    FROM ledger_entries entries JOIN lines_by_entry lines ON lines.entry = entries.entry JOIN ledger_accounts accounts ON accounts.id = lines.account
    WHERE entries.entry BETWEEN ? AND ?`);
  const balances = new Map<string, Sums>();
  const payable = new Map<string, bigint>();
  const exchanged = new Set<string>();
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
      for (const line of entry.lines) balances.set(line.account, add(balances.get(line.account), line));
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
    const { merchant, currency } = payment;
    const { capturedMinor, refundedMinor } = amountsOf(payment);
    const account = printAccount({ class: 'merchant_payable', merchant, providerAccount: null, currency });
    payable.set(account, (payable.get(account) ?? 0n) + capturedMinor - refundedMinor);
    if (
      history.versions.some(({ events }) => events.some((event) => 'currency' in event && event.currency !== currency))
    )
      exchanged.add(merchant);
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
    const select = derived.prepare(
      'SELECT account, merchant, class, currency, debit_minor, credit_minor FROM ledger_accounts',
    );
    select.setReadBigInts(true);
    for (const row of select.all() as AccountRow[]) {
      const what = differenceOf(row, balances.get(row.account) ?? NOTHING);
      if (what !== null) return { where: `ledger account ${row.account}`, what };
    }
    return null;
  }

  function checkPayable(): Difference | null {
    for (const [account, { debitMinor, creditMinor }] of balances) {
      const { class: name, merchant } = accountOf(account);
      // A provider that captured in another currency than it was asked to owes in that currency: the sums of the payments can't tell.
      if (name !== 'merchant_payable' || exchanged.has(merchant)) continue;
      const [balance, expected] = [creditMinor - debitMinor, payable.get(account) ?? 0n];
      if (balance !== expected)
        return {
          where: `ledger account ${account}`,
          what: `its balance is ${balance}, the payments say ${expected}`,
        };
    }
    return null;
  }

  function checkZero(): Difference | null {
    const sums = new Map<string, bigint>();
    for (const [account, { debitMinor, creditMinor }] of balances) {
      const key = `${account.startsWith('memo:') ? 'memo ' : ''}${account.slice(account.lastIndexOf(':') + 1)}`;
      sums.set(key, (sums.get(key) ?? 0n) + debitMinor - creditMinor);
    }
    const wrong = [...sums].find(([, sum]) => sum !== 0n);
    return wrong === undefined
      ? null
      : { where: `ledger, ${wrong[0]}`, what: `debits and credits differ by ${wrong[1]}` };
  }

  return { check, end, counts, accounts: () => balances.size };
}

const NOTHING: Sums = { debitMinor: 0n, creditMinor: 0n };

function add({ debitMinor, creditMinor }: Sums = NOTHING, { side, amountMinor }: Line): Sums {
  return side === 'debit'
    ? { debitMinor: debitMinor + amountMinor, creditMinor }
    : { debitMinor, creditMinor: creditMinor + amountMinor };
}

/** Both sides: the books show them, and a balance alone would hide what was added to each. */
function differenceOf(row: AccountRow, { debitMinor, creditMinor }: Sums): string | null {
  if (row.debit_minor !== debitMinor || row.credit_minor !== creditMinor)
    return `it has ${row.debit_minor} debited and ${row.credit_minor} credited, its lines say ${debitMinor} and ${creditMinor}`;
  const { merchant, class: name, currency } = parseAccount(row.account) ?? {};
  return row.merchant === merchant && row.class === name && row.currency === currency
    ? null
    : `it is kept as ${row.class} of ${row.merchant} in ${row.currency}`;
}

function printLine(entry: LedgerEntry, { account, amount }: { account: string; amount: bigint }): string {
  return `${entry.n} ${entry.stream}/${entry.seq} ${entry.reason} ${account} ${entry.at} ${amount}`;
}
