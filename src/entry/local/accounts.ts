import { secret } from '#core/kit/secret.ts';
import type { ConnectedAccount, ProviderAccounts } from '#core/payments/ports.ts';
import { PROVIDERS } from '#entry/providers.ts';
import { simulator } from '#providers/simulator/provider.ts';

/** Every merchant of the local mode pays through one account at the simulator. */
export function createLocalAccounts({
  url,
  apiKey,
  webhookSecret,
}: {
  url: string;
  apiKey: string;
  webhookSecret: string;
}): ProviderAccounts {
  const connected: ConnectedAccount = {
    provider: simulator,
    account: {
      id: 'simulator',
      provider: simulator.name,
      baseUrl: url,
      credentials: { api_key: [secret(apiKey)], webhook_secret: [secret(webhookSecret)] },
      settings: {},
      timing: simulator.account.timing,
    },
  };
  return {
    of: async () => ({
      inOrder: [connected],
      onlyNamed: [],
      find: (id) => (id === connected.account.id ? connected : null),
    }),
    find: async (id) => (id === connected.account.id ? connected : null),
    unnamed: (name) => (name === simulator.name ? [connected] : []),
    provider: (name) => PROVIDERS.find((provider) => provider.name === name) ?? null,
    doubt: () => {},
  };
}
