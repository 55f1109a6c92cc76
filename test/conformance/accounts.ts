import type { ConnectedAccount, ProviderAccounts } from '#core/payments/ports.ts';

/** The first takes new payments; all are found. */
export function accountsOf(all: readonly [ConnectedAccount, ...ConnectedAccount[]]): ProviderAccounts {
  const [first] = all;
  const find = (id: string) => all.find(({ account }) => account.id === id) ?? null;
  return {
    of: async () => ({ inOrder: [first], find }),
    find: async (id) => find(id),
    unnamed: (name) => all.filter(({ provider }) => provider.name === name),
    provider: (name) => all.find(({ provider }) => provider.name === name)?.provider ?? null,
    doubt: () => {},
  };
}
