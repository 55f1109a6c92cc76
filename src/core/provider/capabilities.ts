import type { Capabilities, Provider, ProviderAccount } from './port.ts';

/** What a provider can do for one account: contracts differ, and the account's settings say how. */
export function capabilitiesOf(provider: Provider, account: ProviderAccount): Capabilities {
  return { ...provider.capabilities, ...provider.capabilitiesBySettings?.(account.settings) };
}
