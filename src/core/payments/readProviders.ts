import type { CircuitState } from '#core/provider/breaker.ts';
import { capabilitiesOf } from '#core/provider/capabilities.ts';
import type { Capabilities } from '#core/provider/port.ts';
import type { ConnectedAccount, ProviderAccounts } from './ports.ts';

export type ReadProvidersDeps = {
  accounts: Pick<ProviderAccounts, 'of'>;
  breaker: { stateOf: (account: string) => CircuitState };
};

/** `onlyNamed`: it takes a new payment only where a token names it. `circuit`: as this process sees it. */
export type AccountState = {
  provider: string;
  account: string;
  onlyNamed: boolean;
  capabilities: Capabilities;
  circuit: CircuitState;
};

/** Where a merchant's new payments can go: what each account can do, and whether it answers. In the order of choice. */
export function createReadProviders({ accounts, breaker }: ReadProvidersDeps) {
  return async function readProviders(merchant: string): Promise<readonly AccountState[]> {
    const { inOrder, onlyNamed } = await accounts.of(merchant);
    const show =
      (named: boolean) =>
      ({ provider, account }: ConnectedAccount): AccountState => ({
        provider: provider.name,
        account: account.id,
        onlyNamed: named,
        capabilities: capabilitiesOf(provider, account),
        circuit: breaker.stateOf(account.id),
      });
    return [...inOrder.map(show(false)), ...onlyNamed.map(show(true))];
  };
}

export type ReadProviders = ReturnType<typeof createReadProviders>;
