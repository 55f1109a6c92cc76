import { assert } from '#core/kit/assert.ts';
import { printAccount } from './accounts.ts';
import { transfer } from './entry.ts';
import type { LedgerStore, PostedEntry, Totals } from './ports.ts';

export type LedgerCase = { name: string; run: (ledger: LedgerStore) => Promise<void> };

const ALL = { merchant: null, asOf: null } as const;
const FIRST = { after: null, limit: 100 } as const;

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

type EntryChanges = { merchant?: string; currency?: string; amountMinor?: bigint; at?: number };

/** Commit 1 of a stream of its own, at a position: `amountMinor` captured. */
function entryAt(position: number, changes: EntryChanges = {}): PostedEntry {
  const { merchant = 'm_1', currency = 'EUR', amountMinor = 100n, at = 1000 + position } = changes;
  const lines = { debit: receivable(merchant, currency), credit: payable(merchant, currency), amountMinor };
  const entry = transfer('captured', currency, lines);
  assert(entry !== null, 'an entry of something');
  return { stream: `s_${position}`, seq: 1, n: 1, at, position, ...entry };
}

function receivable(merchant: string, currency = 'EUR'): string {
  return account('provider_receivable', merchant, currency);
}

function payable(merchant: string, currency = 'EUR'): string {
  return printAccount({ class: 'merchant_payable', merchant, providerAccount: null, currency });
}

function account(name: 'provider_receivable' | 'bank' | 'provider_fees', merchant: string, currency = 'EUR'): string {
  return printAccount({ class: name, merchant, providerAccount: 'acct_1', currency });
}

async function balances(ledger: LedgerStore, asOf: number | null = null) {
  const page = await ledger.accounts({ merchant: null, asOf, ...FIRST });
  assert(page !== 'cursor_invalid', 'the first page');
  return page.accounts.map((row) => [row.account, row.debitMinor, row.creditMinor]);
}

async function lines(ledger: LedgerStore, id: string) {
  const page = await ledger.linesOf({ account: id, asOf: null, ...FIRST });
  assert(typeof page !== 'string', `the lines of ${id}`);
  return page.lines;
}

function sum(rows: readonly Totals[], side: keyof Totals): bigint {
  return rows.reduce((total, row) => total + row[side], 0n);
}

function sorted<Row extends { class: string; currency: string }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((left, right) =>
    `${left.class} ${left.currency}`.localeCompare(`${right.class} ${right.currency}`),
  );
}

function same(actual: unknown, expected: unknown): void {
  const [left, right] = [text(actual), text(expected)];
  assert(left === right, `expected ${right}, got ${left}`);
}

/** With the members of every object in one order. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'bigint') return `${member}n`;
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([left], [right]) => left.localeCompare(right)));
  });
}
