import { err, ok, type Result } from '#core/kit/result.ts';
import { parseAccount } from './accounts.ts';
import type { AccountLine, AccountTotals, LedgerScope, LedgerStore, PageQuery } from './ports.ts';
import { type TrialBalance, trialBalanceOf } from './trialBalance.ts';

export type ReadLedgerDeps = { ledger: LedgerStore };

type Page<Row> = { rows: readonly Row[]; next: string | null };
type CursorInvalid = { code: 'cursor_invalid' };

/** Reading the books of one merchant, or of all. An id is never authority: another merchant's account is not found. */
export function createReadLedger({ ledger }: ReadLedgerDeps) {
  async function accounts(query: LedgerScope & PageQuery): Promise<Result<Page<AccountTotals>, CursorInvalid>> {
    const page = await ledger.accounts(query);
    return page === 'cursor_invalid' ? err({ code: page }) : ok({ rows: page.accounts, next: page.next });
  }

  async function lines(
    id: string,
    { merchant, ...query }: LedgerScope & PageQuery,
  ): Promise<Result<Page<AccountLine>, CursorInvalid | { code: 'account_not_found' }>> {
    const account = parseAccount(id);
    if (account === null || (merchant !== null && account.merchant !== merchant))
      return err({ code: 'account_not_found' });
    const page = await ledger.linesOf({ account: id, ...query });
    return typeof page === 'string' ? err({ code: page }) : ok({ rows: page.lines, next: page.next });
  }

  async function trialBalance(scope: LedgerScope): Promise<TrialBalance> {
    return trialBalanceOf(await ledger.totals(scope));
  }

  return { accounts, lines, trialBalance };
}

export type ReadLedger = ReturnType<typeof createReadLedger>;
