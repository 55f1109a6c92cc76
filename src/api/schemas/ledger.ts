import { z } from 'zod';
import { asOfTimeSchema, pageSchema } from '#api/schemas/payment.ts';
import { time } from '#api/schemas/showPayment.ts';
import { ACCOUNT_CLASSES, accountOf } from '#core/ledger/accounts.ts';
import { entryId, type LedgerEntry } from '#core/ledger/entry.ts';
import type { AccountLine, AccountTotals, Totals } from '#core/ledger/ports.ts';
import { balanceMinor, type CurrencyBalance, type TrialBalance } from '#core/ledger/trialBalance.ts';

const asOfSchema = asOfTimeSchema.nullable().default(null).meta({ description: 'As the books were at that time' });

export const ledgerPageSchema = z.strictObject({
  ...pageSchema.shape,
  // An account's id is in its list's cursor.
  cursor: z.string().min(1).max(2000).nullable().default(null),
  as_of: asOfSchema,
});

export const trialBalanceSchema = z.strictObject({ as_of: asOfSchema });

export function showAccount(totals: AccountTotals) {
  const { class: name, merchant, providerAccount, currency } = accountOf(totals.account);
  const { kind, normal } = ACCOUNT_CLASSES[name];
  return {
    id: totals.account,
    object: 'ledger_account' as const,
    class: name,
    kind,
    normal_side: normal,
    merchant,
    provider_account: providerAccount,
    currency,
    ...showTotals(totals),
    balance: amount(balanceMinor(normal, totals)),
  };
}

export function showLine(account: string, { stream, seq, n, at, reason, side, amountMinor }: AccountLine) {
  return {
    id: entryId({ stream, seq, n }),
    object: 'ledger_entry' as const,
    account,
    payment: stream,
    reason,
    side,
    amount: amount(amountMinor),
    currency: accountOf(account).currency,
    at: time(at),
  };
}

/** A whole entry, with all its lines. */
export function showEntry({ stream, seq, n, at, reason, currency, lines }: LedgerEntry) {
  return {
    id: entryId({ stream, seq, n }),
    object: 'ledger_entry' as const,
    payment: stream,
    reason,
    currency,
    lines: lines.map(({ account, side, amountMinor }) => ({ account, side, amount: amount(amountMinor) })),
    at: time(at),
  };
}

/** Memos apart, so that nobody adds a hold to money. */
export function showTrialBalance({ money, memo }: TrialBalance, asOf: number | null) {
  return {
    object: 'trial_balance' as const,
    as_of: asOf === null ? null : time(asOf),
    currencies: money.map(showCurrency),
    memo: memo.map(showCurrency),
  };
}

function showCurrency({ currency, classes, differenceMinor, ...totals }: CurrencyBalance) {
  return {
    currency,
    ...showTotals(totals),
    difference: amount(differenceMinor),
    classes: classes.map(({ class: name, balanceMinor: balance, ...sums }) => ({
      class: name,
      kind: ACCOUNT_CLASSES[name].kind,
      normal_side: ACCOUNT_CLASSES[name].normal,
      ...showTotals(sums),
      balance: amount(balance),
    })),
  };
}

function showTotals({ debitMinor, creditMinor }: Totals) {
  return { debits: amount(debitMinor), credits: amount(creditMinor) };
}

/** A number as JSON spells it, whatever its size: not yet in the language's own types. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => object };

/** A sum over many payments may be more than a number holds exactly; JSON's integers have no such limit, and it is not rounded. */
function amount(amountMinor: bigint): number {
  const number = Number(amountMinor);
  // why: on the wire it is the number that the type says, only longer than the language's own.
  return Number.isSafeInteger(number) ? number : (rawJSON(String(amountMinor)) as unknown as number);
}
