import { z } from 'zod';
import { ACCOUNT_CLASSES, type AccountClass, type AccountKind, type Side } from '#core/ledger/accounts.ts';
import type { EntryReason } from '#core/ledger/entry.ts';
import { GROWS, listSchemaOf, paymentIdSchema, sumSchema, timeSchema } from './common.ts';

/** What is answered about the books; ledger.ts makes it. */

const ENTRY_REASONS = [
  'captured',
  'refunded',
  'capture_discovered',
  'capture_amended',
  'capture_reversed',
  'refund_discovered',
  'refund_amended',
  'refund_reversed',
  'settled',
  'hold_placed',
  'hold_released',
  'doubt_began',
  'doubt_ended',
] as const satisfies readonly EntryReason[];

const sideSchema = z.enum(['debit', 'credit'] satisfies Side[]);
const classSchema = z
  .enum(Object.keys(ACCOUNT_CLASSES) as [AccountClass, ...AccountClass[]])
  .meta({ id: 'LedgerAccountClass', description: '`memo:` classes are no money, and are never summed with it' });
const kindSchema = z.enum(['asset', 'liability', 'expense', 'memo'] satisfies AccountKind[]);
const reasonSchema = z
  .enum(ENTRY_REASONS)
  .meta({ id: 'LedgerEntryReason', description: 'Why an entry was made; more may come', ...GROWS });
const entryIdSchema = z.string().meta({ description: 'The entry: the payment, its version, and a number' });
const accountIdSchema = z.string().meta({
  description: 'The account: class, merchant, provider account where it has one, currency',
  examples: ['merchant_payable:m_local:EUR'],
});
/** As the provider wrote it. */
const bookCurrencySchema = z.string().meta({ description: 'ISO 4217, or as the provider wrote it' });
const totals = { debits: sumSchema, credits: sumSchema };

const ledgerAccountSchema = z
  .strictObject({
    id: accountIdSchema,
    object: z.literal('ledger_account'),
    class: classSchema,
    kind: kindSchema,
    normal_side: sideSchema,
    merchant: z.string(),
    provider_account: z.string().nullable(),
    currency: bookCurrencySchema,
    ...totals,
    balance: sumSchema,
  })
  .meta({ id: 'LedgerAccount' });

export const ledgerAccountListSchema = listSchemaOf('LedgerAccountList', ledgerAccountSchema);

const ledgerLineSchema = z
  .strictObject({
    id: entryIdSchema,
    object: z.literal('ledger_entry'),
    account: accountIdSchema,
    payment: paymentIdSchema,
    reason: reasonSchema,
    side: sideSchema,
    amount: sumSchema,
    currency: bookCurrencySchema,
    at: timeSchema,
  })
  .meta({ id: 'LedgerAccountEntry', description: 'What an entry did to one account' });

export const ledgerLineListSchema = listSchemaOf('LedgerAccountEntryList', ledgerLineSchema);

export const ledgerEntrySchema = z
  .strictObject({
    id: entryIdSchema,
    object: z.literal('ledger_entry'),
    payment: paymentIdSchema,
    reason: reasonSchema,
    currency: bookCurrencySchema,
    lines: z.array(z.strictObject({ account: accountIdSchema, side: sideSchema, amount: sumSchema })),
    at: timeSchema,
  })
  .meta({ id: 'LedgerEntry', description: 'A whole entry: its debits equal its credits' });

const currencyBalanceSchema = z
  .strictObject({
    currency: bookCurrencySchema,
    ...totals,
    difference: sumSchema,
    classes: z.array(
      z.strictObject({ class: classSchema, kind: kindSchema, normal_side: sideSchema, ...totals, balance: sumSchema }),
    ),
  })
  .meta({ id: 'CurrencyBalance', description: '`difference` is 0, or the books are wrong' });

export const trialBalanceAnswerSchema = z
  .strictObject({
    object: z.literal('trial_balance'),
    as_of: timeSchema.nullable(),
    currencies: z.array(currencyBalanceSchema),
    memo: z.array(currencyBalanceSchema),
  })
  .meta({ id: 'TrialBalance', description: 'Memos apart, so that nobody adds a hold to money' });
