import type { Context, Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { ProblemError, problem } from '#api/problems.ts';
import { ledgerPageSchema, showAccount, showLine, showTrialBalance, trialBalanceSchema } from '#api/schemas/ledger.ts';
import type { ReadLedger } from '#core/ledger/readLedger.ts';
import { readQuery } from './doors.ts';

export type LedgerRoutesDeps = { authenticate: Authenticate; readLedger: ReadLedger };

export function routeLedger(app: Hono, { authenticate, readLedger }: LedgerRoutesDeps): void {
  app.get('/v1/ledger/accounts', async (c) => {
    const merchant = await merchantOf(c);
    const { limit, cursor, as_of: asOf } = readQuery(c, ledgerPageSchema);
    const result = await readLedger.accounts({ merchant, asOf, after: cursor, limit });
    if (!result.ok) return problem(c, result.error.code);
    return c.json({ object: 'list', data: result.value.rows.map(showAccount), next_cursor: result.value.next });
  });

  app.get('/v1/ledger/accounts/:id/entries', async (c) => {
    const merchant = await merchantOf(c);
    const account = c.req.param('id');
    const { limit, cursor, as_of: asOf } = readQuery(c, ledgerPageSchema);
    const result = await readLedger.lines(account, { merchant, asOf, after: cursor, limit });
    if (!result.ok) return refusal(c, result.error.code);
    const data = result.value.rows.map((line) => showLine(account, line));
    return c.json({ object: 'list', data, next_cursor: result.value.next });
  });

  app.get('/v1/ledger/trial_balance', async (c) => {
    const merchant = await merchantOf(c);
    const { as_of: asOf } = readQuery(c, trialBalanceSchema);
    return c.json(showTrialBalance(await readLedger.trialBalance({ merchant, asOf }), asOf));
  });

  /** Whose books: the caller's own, or all of them (null) where it is the operator. */
  async function merchantOf(c: Context): Promise<string | null> {
    const authorization = c.req.header('authorization');
    try {
      await authenticate(authorization, 'operations:read');
      return null;
    } catch (refused) {
      if (!(refused instanceof ProblemError) || refused.code !== 'scope_insufficient') throw refused;
      return (await authenticate(authorization, 'ledger:read')).merchant;
    }
  }
}

function refusal(c: Context, code: 'cursor_invalid' | 'account_not_found'): Response {
  return code === 'cursor_invalid'
    ? problem(c, code)
    : problem(c, 'ledger_account_not_found', { detail: 'There is no such account, or nothing was ever posted to it' });
}
