import { assert } from '#core/kit/assert.ts';
import {
  ALL,
  balances,
  entryAt,
  FIRST,
  type LedgerCase,
  payable,
  receivable,
  same,
  sorted,
  sum,
} from './contractFixtures.ts';

/** The part of the contract that is about reading: whose books, as of when, page by page. */
export const READING_CONTRACT: readonly LedgerCase[] = [
  {
    name: 'a merchant has accounts and sums of its own',
    run: async (ledger) => {
      await ledger.append({ entries: [entryAt(1), entryAt(2, { merchant: 'm_2' })], position: 2 });
      const scope = { merchant: 'm_2', asOf: null };
      const page = await ledger.accounts({ ...scope, ...FIRST });
      same(page === 'cursor_invalid' ? page : page.accounts.map((row) => row.account), [
        payable('m_2'),
        receivable('m_2'),
      ]);
      same(sorted(await ledger.totals(scope)), [
        { class: 'merchant_payable', currency: 'EUR', debitMinor: 0n, creditMinor: 100n },
        { class: 'provider_receivable', currency: 'EUR', debitMinor: 100n, creditMinor: 0n },
      ]);
      same(await ledger.totals({ merchant: 'm_3', asOf: null }), []);
    },
  },
  {
    name: 'sums are by class and currency, over all merchants',
    run: async (ledger) => {
      const entries = [entryAt(1), entryAt(2, { merchant: 'm_2' }), entryAt(3, { currency: 'JPY' })];
      await ledger.append({ entries, position: 3 });
      same(
        sorted(await ledger.totals(ALL)).map((row) => [row.class, row.currency, row.debitMinor, row.creditMinor]),
        [
          ['merchant_payable', 'EUR', 0n, 200n],
          ['merchant_payable', 'JPY', 0n, 100n],
          ['provider_receivable', 'EUR', 200n, 0n],
          ['provider_receivable', 'JPY', 100n, 0n],
        ],
      );
    },
  },
  {
    name: 'as of a time, what commits of that time or before have posted counts, in whichever order they came',
    run: async (ledger) => {
      await ledger.append({ entries: [entryAt(1, { at: 3000 }), entryAt(2, { at: 1000 })], position: 2 });
      await ledger.append({ entries: [entryAt(3, { at: 2000 })], position: 3 });
      for (const [asOf, amountMinor] of [
        [999, 0n],
        [1000, 100n],
        [2000, 200n],
        [2999, 200n],
        [3000, 300n],
      ] as const) {
        same(await balances(ledger, asOf), [
          [payable('m_1'), 0n, amountMinor],
          [receivable('m_1'), amountMinor, 0n],
        ]);
        same(sum(await ledger.totals({ merchant: 'm_1', asOf }), 'creditMinor'), amountMinor);
        const page = await ledger.linesOf({ account: payable('m_1'), asOf, ...FIRST });
        same(typeof page === 'string' ? page : BigInt(page.lines.length) * 100n, amountMinor);
      }
    },
  },
  {
    name: 'lines come the latest first, and pages stay the same while new ones come',
    run: async (ledger) => {
      await ledger.append({ entries: [1, 2, 3, 4, 5].map((position) => entryAt(position)), position: 5 });
      const account = payable('m_1');
      const first = await ledger.linesOf({ account, asOf: null, after: null, limit: 2 });
      assert(typeof first !== 'string' && first.next !== null, 'a first page');
      same(
        first.lines.map((line) => line.stream),
        ['s_5', 's_4'],
      );
      await ledger.append({ entries: [entryAt(6)], position: 6 });
      const second = await ledger.linesOf({ account, asOf: null, after: first.next, limit: 2 });
      assert(typeof second !== 'string' && second.next !== null, 'a second page');
      same(
        second.lines.map((line) => line.stream),
        ['s_3', 's_2'],
      );
      const third = await ledger.linesOf({ account, asOf: null, after: second.next, limit: 2 });
      same(typeof third === 'string' ? third : [third.lines.map((line) => line.stream), third.next], [['s_1'], null]);
    },
  },
  {
    name: 'accounts come page by page, in the order of their ids',
    run: async (ledger) => {
      await ledger.append({ entries: [entryAt(1, { merchant: 'm_2' }), entryAt(2)], position: 2 });
      const first = await ledger.accounts({ ...ALL, after: null, limit: 3 });
      assert(first !== 'cursor_invalid' && first.next !== null, 'a first page');
      same(
        first.accounts.map((row) => row.account),
        [payable('m_1'), payable('m_2'), receivable('m_1')],
      );
      const second = await ledger.accounts({ ...ALL, after: first.next, limit: 3 });
      assert(second !== 'cursor_invalid', 'a second page');
      same([second.accounts.map((row) => row.account), second.next], [[receivable('m_2')], null]);
    },
  },
  {
    name: 'a cursor that no list gave is refused',
    run: async (ledger) => {
      await ledger.append({ entries: [entryAt(1)], position: 1 });
      for (const after of ['x', 'YTEg', Buffer.from('a1 bank').toString('base64url'), 'bDEgMQ']) {
        same(await ledger.accounts({ ...ALL, after, limit: 1 }), 'cursor_invalid');
        same(await ledger.linesOf({ account: payable('m_1'), asOf: null, after, limit: 1 }), 'cursor_invalid');
      }
    },
  },
];
