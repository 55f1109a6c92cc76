import type { ConnectedAccount, MerchantAccounts, ProviderAccounts } from './ports.ts';

/** For tests: accounts that stay as they are, all of them every merchant's, in order of choice. */
export function createFixedAccounts(all: readonly ConnectedAccount[]): ProviderAccounts {
  const find = (id: string) => all.find(({ account }) => account.id === id) ?? null;
  const own: MerchantAccounts = { inOrder: all, onlyNamed: [], find };
  return {
    of: async () => own,
    find: async (id) => find(id),
    unnamed: (name) => all.filter(({ provider }) => provider.name === name),
    provider: (name) => all.find(({ provider }) => provider.name === name)?.provider ?? null,
    doubt: () => {},
  };
}
