import type { Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { PROVIDER_ROUTES } from '#api/contract/providers.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import type { AccountState, ReadProviders } from '#core/payments/readProviders.ts';

export type ProviderRoutesDeps = { authenticate: Authenticate; readProviders: ReadProviders };

/** Where a merchant's payments can go. */
export function routeProviders(app: Hono, { authenticate, readProviders }: ProviderRoutesDeps): void {
  const handlers: Handlers<typeof PROVIDER_ROUTES> = {
    listProviders: async ({ caller }) => {
      const data = (await readProviders(caller.merchant)).map(showProvider);
      return { status: 200, body: { object: 'list', data, next_cursor: null } };
    },
  };
  mount(app, PROVIDER_ROUTES, { authenticate, handlers });
}

function showProvider({ provider, account, onlyNamed, capabilities, circuit }: AccountState) {
  return {
    object: 'provider' as const,
    provider,
    account,
    only_named: onlyNamed,
    capabilities: {
      multiple_captures: capabilities.multipleCaptures,
      voids_rest: capabilities.voidsRest,
      idempotency_window_ms: capabilities.idempotencyWindowMs,
      echoes_references: capabilities.echoesReferences,
    },
    health: circuit,
  };
}
