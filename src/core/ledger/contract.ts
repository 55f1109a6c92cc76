import {
  ALL,
  account,
  balances,
  entryAt,
  FIRST,
  type LedgerCase,
  lines,
  payable,
  receivable,
  same,
  sum,
} from './contractFixtures.ts';
import type { PostedEntry } from './ports.ts';
import { READING_CONTRACT } from './readingContract.ts';

/** What every LedgerStore does, whatever it runs on. Each case gets an empty one. */
export const LEDGER_CONTRACT: readonly LedgerCase[] = [
  {
    name: 'an empty ledger has position 0, no account and nothing in sum',
    run: async (ledger) => {
      same(ledger.position(), 0);
      same(await ledger.accounts({ ...ALL, ...FIRST }), { accounts: [], next: null });
      same(await ledger.totals(ALL), []);
      same(await ledger.linesOf({ account: payable('m_1'), asOf: null, ...FIRST }), 'account_not_found');
    },
  },
  {
    name: 'entries, balances and position are those of the same batch',
    run: async (ledger) => {
      await ledger.append({
        entries: [entryAt(1, { amountMinor: 700n }), entryAt(2, { amountMinor: 300n })],
        position: 5,
      });
      same(ledger.position(), 5);
      same(await balances(ledger), [
        [payable('m_1'), 0n, 1000n],
        [receivable('m_1'), 1000n, 0n],
      ]);
      const line = { stream: 's_1', seq: 1, n: 1, at: 1001, reason: 'captured', side: 'credit', amountMinor: 700n };
      same(await lines(ledger, payable('m_1')), [{ ...line, stream: 's_2', at: 1002, amountMinor: 300n }, line]);
    },
  },
  {
    name: 'a batch without entries moves the position, and an older one nothing',
    run: async (ledger) => {
      await ledger.append({ entries: [], position: 7 });
      await ledger.append({ entries: [], position: 3 });
      same(ledger.position(), 7);
    },
  },
  {
    name: 'what was appended before, in a batch of the same or of another cut, is not appended again',
    run: async (ledger) => {
      const [first, second, third] = [entryAt(1), entryAt(2), entryAt(3)];
      await ledger.append({ entries: [first, second], position: 2 });
      await ledger.append({ entries: [first, second], position: 2 });
      await ledger.append({ entries: [second, third], position: 3 });
      await ledger.append({ entries: [first], position: 1 });
      same((await lines(ledger, payable('m_1'))).length, 3);
      same(await balances(ledger), [
        [payable('m_1'), 0n, 300n],
        [receivable('m_1'), 300n, 0n],
      ]);
    },
  },
  {
    name: 'more entries of one commit, and of more lines, are all kept',
    run: async (ledger) => {
      const settled: PostedEntry = {
        ...entryAt(1),
        n: 2,
        reason: 'settled',
        lines: [
          { account: account('bank', 'm_1'), side: 'debit', amountMinor: 97n },
          { account: account('provider_fees', 'm_1'), side: 'debit', amountMinor: 3n },
          { account: receivable('m_1'), side: 'credit', amountMinor: 100n },
        ],
      };
      await ledger.append({ entries: [entryAt(1), settled], position: 1 });
      same(await balances(ledger), [
        [account('bank', 'm_1'), 97n, 0n],
        [payable('m_1'), 0n, 100n],
        [account('provider_fees', 'm_1'), 3n, 0n],
        [receivable('m_1'), 100n, 100n],
      ]);
      same(
        (await lines(ledger, receivable('m_1'))).map(({ n, side }) => [n, side]),
        [
          [2, 'credit'],
          [1, 'debit'],
        ],
      );
    },
  },
  {
    name: 'amounts beyond what a double holds are exact',
    run: async (ledger) => {
      const amountMinor = 9_007_199_254_740_993n;
      await ledger.append({ entries: [entryAt(1, { amountMinor }), entryAt(2, { amountMinor })], position: 2 });
      same((await balances(ledger))[0], [payable('m_1'), 0n, 2n * amountMinor]);
      same((await lines(ledger, payable('m_1')))[0]?.amountMinor, amountMinor);
      const totals = await ledger.totals({ merchant: null, asOf: 1001 });
      same(sum(totals, 'debitMinor'), amountMinor);
    },
  },
  ...READING_CONTRACT,
];
