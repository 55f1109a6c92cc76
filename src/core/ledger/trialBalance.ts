import { assert } from '#core/kit/assert.ts';
import { ACCOUNT_CLASSES, type AccountClass, type Side } from './accounts.ts';
import type { ClassTotals, Totals } from './ports.ts';

/** One currency: its debits equal its credits, or the ledger is broken. */
export type CurrencyBalance = Totals & { currency: string; classes: readonly ClassBalance[] };
export type ClassBalance = Totals & { class: AccountClass; balanceMinor: bigint };

/** Money and memos apart: a hold is nobody's money. */
export type TrialBalance = { money: readonly CurrencyBalance[]; memo: readonly CurrencyBalance[] };

const CLASS_ORDER = Object.keys(ACCOUNT_CLASSES) as AccountClass[];

export function trialBalanceOf(totals: readonly ClassTotals[]): TrialBalance {
  const isMemo = (row: ClassTotals) => ACCOUNT_CLASSES[row.class].kind === 'memo';
  return { money: byCurrency(totals.filter((row) => !isMemo(row))), memo: byCurrency(totals.filter(isMemo)) };
}

/** On the side where an account of that kind grows; negative when it is on the other. */
export function balanceMinor(normal: Side, { debitMinor, creditMinor }: Totals): bigint {
  return normal === 'debit' ? debitMinor - creditMinor : creditMinor - debitMinor;
}

function byCurrency(totals: readonly ClassTotals[]): readonly CurrencyBalance[] {
  const currencies = [...new Set(totals.map((row) => row.currency))].sort();
  return currencies.map((currency) => {
    const rows = totals.filter((row) => row.currency === currency);
    const debitMinor = rows.reduce((sum, row) => sum + row.debitMinor, 0n);
    const creditMinor = rows.reduce((sum, row) => sum + row.creditMinor, 0n);
    assert(debitMinor === creditMinor, `the ledger is off balance by ${debitMinor - creditMinor} ${currency}`);
    return { currency, classes: rows.map(balanceOf).sort(inOrder), debitMinor, creditMinor };
  });
}

function balanceOf({ class: name, debitMinor, creditMinor }: ClassTotals): ClassBalance {
  const totals = { debitMinor, creditMinor };
  return { class: name, ...totals, balanceMinor: balanceMinor(ACCOUNT_CLASSES[name].normal, totals) };
}

function inOrder(left: ClassBalance, right: ClassBalance): number {
  return CLASS_ORDER.indexOf(left.class) - CLASS_ORDER.indexOf(right.class);
}
