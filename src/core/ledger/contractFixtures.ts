import { assert } from '#core/kit/assert.ts';
import { printAccount } from './accounts.ts';
import { transfer } from './entry.ts';
import type { LedgerStore, PostedEntry, Totals } from './ports.ts';

/** For the contract of ledger stores: entries to append, and what to compare. */

export type LedgerCase = { name: string; run: (ledger: LedgerStore) => Promise<void> };

export const ALL = { merchant: null, asOf: null } as const;
export const FIRST = { after: null, limit: 100 } as const;

type EntryChanges = { merchant?: string; currency?: string; amountMinor?: bigint; at?: number };

/** Commit 1 of a stream of its own, at a position: `amountMinor` captured. */
export function entryAt(position: number, changes: EntryChanges = {}): PostedEntry {
  const { merchant = 'm_1', currency = 'EUR', amountMinor = 100n, at = 1000 + position } = changes;
  const lines = { debit: receivable(merchant, currency), credit: payable(merchant, currency), amountMinor };
  const entry = transfer('captured', currency, lines);
  assert(entry !== null, 'an entry of something');
  return { stream: `s_${position}`, seq: 1, n: 1, at, position, ...entry };
}

export function receivable(merchant: string, currency = 'EUR'): string {
  return account('provider_receivable', merchant, currency);
}

export function payable(merchant: string, currency = 'EUR'): string {
  return printAccount({ class: 'merchant_payable', merchant, providerAccount: null, currency });
}

export function account(
  name: 'provider_receivable' | 'bank' | 'provider_fees',
  merchant: string,
  currency = 'EUR',
): string {
  return printAccount({ class: name, merchant, providerAccount: 'acct_1', currency });
}

export async function balances(ledger: LedgerStore, asOf: number | null = null) {
  const page = await ledger.accounts({ merchant: null, asOf, ...FIRST });
  assert(page !== 'cursor_invalid', 'the first page');
  return page.accounts.map((row) => [row.account, row.debitMinor, row.creditMinor]);
}

export async function lines(ledger: LedgerStore, id: string) {
  const page = await ledger.linesOf({ account: id, asOf: null, ...FIRST });
  assert(typeof page !== 'string', `the lines of ${id}`);
  return page.lines;
}

export function sum(rows: readonly Totals[], side: keyof Totals): bigint {
  return rows.reduce((total, row) => total + row[side], 0n);
}

export function sorted<Row extends { class: string; currency: string }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((left, right) =>
    `${left.class} ${left.currency}`.localeCompare(`${right.class} ${right.currency}`),
  );
}

export function same(actual: unknown, expected: unknown): void {
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
