import type { Context, Hono } from 'hono';
import { merchantReadBy } from '#api/accessToken.ts';
import type { Authenticate } from '#api/authenticate.ts';
import { LEDGER_ROUTES } from '#api/contract/ledger.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { problem } from '#api/problems.ts';
import { showAccount, showLine, showTrialBalance } from '#api/schemas/ledger.ts';
import type { ReadLedger } from '#core/ledger/readLedger.ts';

export type LedgerRoutesDeps = { authenticate: Authenticate; readLedger: ReadLedger };

export function routeLedger(app: Hono, { authenticate, readLedger }: LedgerRoutesDeps): void {
  const handlers: Handlers<typeof LEDGER_ROUTES> = {
    listLedgerAccounts: async ({ caller, query: { limit, cursor, as_of: asOf } }, c) => {
      const result = await readLedger.accounts({ merchant: merchantReadBy(caller), asOf, after: cursor, limit });
      if (!result.ok) return refusal(c, result.error.code);
      const { rows, next } = result.value;
      return { status: 200, body: { object: 'list', data: rows.map(showAccount), next_cursor: next } };
    },

    listLedgerAccountEntries: async ({ caller, params, query: { limit, cursor, as_of: asOf } }, c) => {
      const result = await readLedger.lines(params.id, {
        merchant: merchantReadBy(caller),
        asOf,
        after: cursor,
        limit,
      });
      if (!result.ok) return refusal(c, result.error.code);
      const data = result.value.rows.map((line) => showLine(params.id, line));
      return { status: 200, body: { object: 'list', data, next_cursor: result.value.next } };
    },

    getTrialBalance: async ({ caller, query: { as_of: asOf } }) => {
      const balance = await readLedger.trialBalance({ merchant: merchantReadBy(caller), asOf });
      return { status: 200, body: showTrialBalance(balance, asOf) };
    },
  };
  mount(app, LEDGER_ROUTES, { authenticate, handlers });
}

function refusal(c: Context, code: 'cursor_invalid' | 'account_not_found'): Response {
  return code === 'cursor_invalid'
    ? problem(c, code)
    : problem(c, 'ledger_account_not_found', { detail: 'There is no such account, or nothing was ever posted to it' });
}
