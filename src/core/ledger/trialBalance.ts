import { ACCOUNT_CLASSES, type AccountClass, type Side } from './accounts.ts';
import type { ClassTotals, Totals } from './ports.ts';

/** `differenceMinor`: debits less credits. Anything but zero says that the ledger is broken, so it is shown and not assumed. */
export type CurrencyBalance = Totals & { currency: string; differenceMinor: bigint; classes: readonly ClassBalance[] };
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
    const classes = rows.map(balanceOf).sort(inOrder);
    return { currency, debitMinor, creditMinor, differenceMinor: debitMinor - creditMinor, classes };
  });
}

function balanceOf({ class: name, debitMinor, creditMinor }: ClassTotals): ClassBalance {
  const totals = { debitMinor, creditMinor };
  return { class: name, ...totals, balanceMinor: balanceMinor(ACCOUNT_CLASSES[name].normal, totals) };
}

function inOrder(left: ClassBalance, right: ClassBalance): number {
  return CLASS_ORDER.indexOf(left.class) - CLASS_ORDER.indexOf(right.class);
}
