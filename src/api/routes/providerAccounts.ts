import type { Context, Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { PROVIDER_ACCOUNT_ROUTES } from '#api/contract/providerAccounts.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { problem } from '#api/problems.ts';
import { showProviderAccount } from '#api/schemas/providerAccount.ts';
import type { ManageAccounts, PutRejection } from '#core/providerAccounts/manageAccounts.ts';
import { ACCOUNT_NAME } from '#core/providerAccounts/storedAccount.ts';

export type ProviderAccountRoutesDeps = {
  authenticate: Authenticate;
  manageAccounts: ManageAccounts;
  /** Where the platform is reached from outside, without a slash at the end. */
  publicUrl: string;
};

const SECOND_MS = 1000;

export function routeProviderAccounts(
  app: Hono,
  { authenticate, manageAccounts, publicUrl }: ProviderAccountRoutesDeps,
): void {
  const handlers: Handlers<typeof PROVIDER_ACCOUNT_ROUTES> = {
    putProviderAccount: async ({ caller: { merchant }, params, body }, c) => {
      const known = await manageAccounts.get(merchant, params.account);
      if (known === null && params.account.startsWith('pa_')) return problem(c, 'provider_account_not_found');
      const name = known?.name ?? params.account;
      if (!ACCOUNT_NAME.test(name)) return badName(c);
      const { provider, credentials, settings, enabled, priority } = body;
      const overlapMs = body.overlap_seconds * SECOND_MS;
      const asked = { merchant, name, provider, credentials, settings, enabled, priority, overlapMs };
      const result = await manageAccounts.put({ ...asked, baseUrl: body.base_url });
      if (!result.ok) return refusal(c, result.error);
      const { account, created } = result.value;
      const shown = showProviderAccount(account, publicUrl);
      if (!created) return { status: 200, body: shown };
      return { status: 201, body: shown, headers: { location: `/v1/provider_accounts/${account.id}` } };
    },

    listProviderAccounts: async ({ caller: { merchant } }) => {
      const accounts = await manageAccounts.list(merchant);
      const data = accounts.map((account) => showProviderAccount(account, publicUrl));
      return { status: 200, body: { object: 'list', data, next_cursor: null } };
    },

    getProviderAccount: async ({ caller: { merchant }, params }, c) => {
      const account = await manageAccounts.get(merchant, params.account);
      if (account === null) return problem(c, 'provider_account_not_found');
      return { status: 200, body: showProviderAccount(account, publicUrl) };
    },

    deleteProviderAccount: async ({ caller: { merchant }, params }, c) => {
      const account = await manageAccounts.remove(merchant, params.account);
      if (account === null) return problem(c, 'provider_account_not_found');
      return { status: 200, body: showProviderAccount(account, publicUrl) };
    },
  };
  mount(app, PROVIDER_ACCOUNT_ROUTES, { authenticate, handlers });
}

function refusal(c: Context, rejection: PutRejection): Response {
  switch (rejection.code) {
    case 'provider_account_invalid':
    case 'provider_account_fixed':
      return problem(c, rejection.code, { errors: rejection.problems });
    default:
      return problem(c, rejection.code);
  }
}

function badName(c: Context): Response {
  const detail = 'A name is 1 to 63 small letters, digits, _ and -, begins with a letter, and not with pa_';
  return problem(c, 'provider_account_invalid', { errors: [{ pointer: 'account', detail }] });
}
