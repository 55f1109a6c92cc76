import { z } from 'zod';
import { declare } from '#api/declare.ts';
import {
  providerAccountListSchema,
  providerAccountSchema,
  putProviderAccountSchema,
} from '#api/schemas/providerAccount.ts';
import { listOf } from './samples.ts';

const ID = 'pa_2c3xkqz7v9w0d8m5n4r6t1y3b7h9j0kp';
const AT = '2026-03-01T12:30:45.123Z';

const shown = {
  id: ID,
  object: 'provider_account',
  name: 'main',
  provider: 'simulator',
  status: 'enabled',
  priority: 100,
  settings: {},
  base_url: null,
  credentials: {
    api_key: { set_at: AT, last4: null, former_until: null },
    webhook_secret: { set_at: AT, last4: null, former_until: '2026-03-02T12:30:45.123Z' },
  },
  credentials_updated_at: AT,
  webhook_url: `https://florin.example/providers/simulator/webhooks/${ID}`,
  created_at: AT,
  updated_at: AT,
};

const params = {
  account: z.string().meta({ description: 'The name that the merchant gave it, or its id', examples: ['main'] }),
};
const answered = { description: 'The account', schema: providerAccountSchema, examples: { account: shown } };

export const PROVIDER_ACCOUNT_ROUTES = declare({
  putProviderAccount: {
    method: 'put',
    path: '/v1/provider_accounts/:account',
    tag: 'Providers',
    summary: 'Put a provider account',
    description:
      "Connects the merchant to a provider, or changes how: rotates credentials, switches the account off and on. The name is the merchant's to choose; the provider and the settings stay as they were first put. A repeated request changes nothing.",
    scopes: ['accounts:write'],
    params,
    body: putProviderAccountSchema,
    bodyExamples: {
      connect: { provider: 'simulator', credentials: { api_key: 'sim_key', webhook_secret: 'sim_webhook_secret' } },
      rotate: {
        provider: 'simulator',
        credentials: { webhook_secret: 'another_webhook_secret' },
        overlap_seconds: 3600,
      },
    },
    responses: { 200: answered, 201: { ...answered, description: 'It is new', headers: ['Location'] } },
    problems: [
      'provider_account_not_found',
      'provider_account_invalid',
      'provider_account_fixed',
      'provider_account_reserved',
      'provider_accounts_too_many',
    ],
  },
  listProviderAccounts: {
    method: 'get',
    path: '/v1/provider_accounts',
    tag: 'Providers',
    summary: 'List provider accounts',
    description: 'All of them but those that were deleted, in the order in which they are chosen.',
    scopes: ['accounts:read'],
    responses: {
      200: { description: 'The accounts', schema: providerAccountListSchema, examples: { page: listOf(shown) } },
    },
  },
  getProviderAccount: {
    method: 'get',
    path: '/v1/provider_accounts/:account',
    tag: 'Providers',
    summary: 'Get a provider account',
    description: 'One that was deleted too. Credentials are never shown: only their names and when they were set.',
    scopes: ['accounts:read'],
    params,
    responses: { 200: answered },
    problems: ['provider_account_not_found'],
  },
  deleteProviderAccount: {
    method: 'delete',
    path: '/v1/provider_accounts/:account',
    tag: 'Providers',
    summary: 'Delete a provider account',
    description:
      'It takes no new payments from now on and is no longer listed. It is kept, with its credentials, because captures, refunds, inquiries and webhooks of the payments that it took go through it.',
    scopes: ['accounts:write'],
    params,
    responses: { 200: { ...answered, examples: { deleted: { ...shown, status: 'deleted' } } } },
    problems: ['provider_account_not_found'],
  },
});
