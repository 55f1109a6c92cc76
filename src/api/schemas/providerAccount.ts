import { z } from 'zod';
import type { StoredAccount } from '#core/providerAccounts/storedAccount.ts';
import { listSchemaOf, timeSchema } from './common.ts';

const NAME_CHARACTERS_MAX = 64;
const FIELD_CHARACTERS_MAX = 64;
const VALUE_CHARACTERS_MAX = 4096;
const ADDRESS_CHARACTERS_MAX = 255;
const PRIORITY_MAX = 1000;
const OVERLAP_DAYS_MAX = 7;
const DAY_S = 24 * 60 * 60;

const fieldSchema = z.string().min(1).max(FIELD_CHARACTERS_MAX);
const valueSchema = z.string().max(VALUE_CHARACTERS_MAX);

export const putProviderAccountSchema = z.strictObject({
  provider: z
    .string()
    .min(1)
    .max(NAME_CHARACTERS_MAX)
    .meta({ description: 'Of the account, for ever', examples: ['simulator'] }),
  credentials: z.record(fieldSchema, valueSchema.nullable()).default({}).meta({
    description:
      'As the provider names them. Needed for a new account; later what is not told stays, and null takes away an optional one. Never shown again',
  }),
  settings: z
    .record(fieldSchema, valueSchema)
    .nullable()
    .default(null)
    .meta({ description: 'Which contract with the provider it is, for ever, and how it is used. Null: as they are' }),
  base_url: z
    .string()
    .max(ADDRESS_CHARACTERS_MAX)
    .nullable()
    .optional()
    .meta({ description: 'Another address of the provider: loopback, in the local mode only. Null: its own' }),
  enabled: z
    .boolean()
    .nullable()
    .default(null)
    .meta({ description: 'Whether it takes new payments. Null: as it is; a new one does' }),
  priority: z
    .int()
    .min(0)
    .max(PRIORITY_MAX)
    .nullable()
    .default(null)
    .meta({ description: 'The lower, the sooner it is chosen; then the older. Null: as it is; 100 for a new one' }),
  overlap_seconds: z
    .int()
    .min(0)
    .max(OVERLAP_DAYS_MAX * DAY_S)
    .default(DAY_S)
    .meta({
      description:
        'How long a webhook secret that is replaced is good beside the new one. 0: not at all, as after a leak',
    }),
});

const shownCredentialSchema = z.strictObject({
  set_at: timeSchema,
  last4: z.string().nullable().meta({ description: 'The last characters of a long one' }),
  former_until: timeSchema.nullable().meta({ description: 'Until then the one before it is good too' }),
});

const providerAccountIdSchema = z
  .string()
  .regex(/^pa_[0-9a-hjkmnp-tv-z]{32}$/)
  .meta({ description: 'The account', examples: ['pa_2c3xkqz7v9w0d8m5n4r6t1y3b7h9j0kp'] });

export const providerAccountSchema = z
  .strictObject({
    id: providerAccountIdSchema,
    object: z.literal('provider_account'),
    name: z.string(),
    provider: z.string(),
    status: z.enum(['enabled', 'disabled', 'deleted']),
    priority: z.int(),
    settings: z.record(z.string(), z.string()),
    base_url: z.string().nullable(),
    credentials: z.record(z.string(), shownCredentialSchema),
    credentials_updated_at: timeSchema,
    webhook_url: z.string().meta({ description: 'Where the provider is to send its webhooks for this account' }),
    created_at: timeSchema,
    updated_at: timeSchema,
  })
  .meta({ id: 'ProviderAccount', description: "A merchant's contract with a provider" });

export const providerAccountListSchema = listSchemaOf('ProviderAccountList', providerAccountSchema);

export function showProviderAccount(account: StoredAccount, publicUrl: string): z.input<typeof providerAccountSchema> {
  const { id, name, provider, status, priority, settings, baseUrl, credentials } = account;
  const shown = Object.entries(credentials).map(([field, { setAt, last4, formerUntil }]) => [
    field,
    { set_at: timeOf(setAt), last4, former_until: formerUntil === null ? null : timeOf(formerUntil) },
  ]);
  return {
    id,
    object: 'provider_account',
    name,
    provider,
    status,
    priority,
    settings,
    base_url: baseUrl,
    credentials: Object.fromEntries(shown),
    credentials_updated_at: timeOf(account.credentialsSetAt),
    webhook_url: `${publicUrl}/providers/${provider}/webhooks/${id}`,
    created_at: timeOf(account.createdAt),
    updated_at: timeOf(account.updatedAt),
  };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
