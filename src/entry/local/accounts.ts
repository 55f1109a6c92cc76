import { secret } from '#core/kit/secret.ts';
import type { ConnectedAccount } from '#core/payments/ports.ts';
import type { AccountRules } from '#core/providerAccounts/connect.ts';
import { PROVIDERS } from '#entry/providers.ts';
import { simulator } from '#providers/simulator/provider.ts';

/** Never a name: what a name resolves to is somebody else's to say. */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]']);

/**
 * While only this machine reaches the platform, a merchant that has no account of its own pays through one at the simulator, which everybody
 * shares. Elsewhere it has none: what the simulator approves is no money.
 */
export function localAccountRules(
  { url, apiKey, webhookSecret }: { url: string; apiKey: string; webhookSecret: string },
  { isForThisMachine }: { isForThisMachine: boolean },
): AccountRules {
  const shared: ConnectedAccount = {
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
    providers: PROVIDERS,
    builtIn: isForThisMachine ? [shared] : [],
    baseUrlOf: (provider) => (provider === simulator.name ? url : null),
    // Doubles of providers that run on this machine.
    isAddressAllowed: ({ hostname }) => isForThisMachine && LOOPBACK.has(hostname),
  };
}
