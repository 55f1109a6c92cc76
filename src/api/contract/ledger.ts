import { z } from 'zod';
import { declare } from '#api/declare.ts';
import { ledgerPageSchema, trialBalanceSchema } from '#api/schemas/ledger.ts';
import { ledgerAccountListSchema, ledgerLineListSchema, trialBalanceAnswerSchema } from '#api/schemas/ledgerAnswers.ts';
import { listOf, PAYMENT_ID } from './samples.ts';

const ACCOUNT_ID = 'merchant_payable:m_local:EUR';
/** The operator's sees the books of all merchants. */
const scopes = ['operations:read', 'ledger:read'] as const;

export const LEDGER_ROUTES = declare({
  listLedgerAccounts: {
    method: 'get',
    path: '/v1/ledger/accounts',
    tag: 'Ledger',
    summary: 'List ledger accounts',
    description: "The caller's own, with their balances; an operator's token sees those of all merchants.",
    scopes,
    query: ledgerPageSchema,
    responses: {
      200: {
        description: 'A page of accounts',
        schema: ledgerAccountListSchema,
        examples: {
          page: listOf({
            id: ACCOUNT_ID,
            object: 'ledger_account',
            class: 'merchant_payable',
            kind: 'liability',
            normal_side: 'credit',
            merchant: 'm_local',
            provider_account: null,
            currency: 'EUR',
            debits: 500,
            credits: 1999,
            balance: 1499,
          }),
        },
      },
    },
    problems: ['cursor_invalid'],
  },
  listLedgerAccountEntries: {
    method: 'get',
    path: '/v1/ledger/accounts/:id/entries',
    tag: 'Ledger',
    summary: 'List the entries of a ledger account',
    scopes,
    params: { id: z.string().meta({ description: 'The account', examples: [ACCOUNT_ID] }) },
    query: ledgerPageSchema,
    responses: {
      200: {
        description: 'A page of entries',
        schema: ledgerLineListSchema,
        examples: {
          page: listOf({
            id: `ent_${PAYMENT_ID.slice('pay_'.length)}_3_1`,
            object: 'ledger_entry',
            account: ACCOUNT_ID,
            payment: PAYMENT_ID,
            reason: 'captured',
            side: 'credit',
            amount: 1999,
            currency: 'EUR',
            at: '2026-03-01T12:30:45.310Z',
          }),
        },
      },
    },
    problems: ['cursor_invalid', 'ledger_account_not_found'],
  },
  getTrialBalance: {
    method: 'get',
    path: '/v1/ledger/trial_balance',
    tag: 'Ledger',
    summary: 'Get the trial balance',
    description: 'Debits and credits by currency and class of accounts. `difference` is 0, or the books are wrong.',
    scopes,
    query: trialBalanceSchema,
    responses: {
      200: {
        description: 'The trial balance',
        schema: trialBalanceAnswerSchema,
        examples: { empty: { object: 'trial_balance', as_of: null, currencies: [], memo: [] } },
      },
    },
  },
});
