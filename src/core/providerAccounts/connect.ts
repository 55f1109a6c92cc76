import { secret } from '#core/kit/secret.ts';
import type { ConnectedAccount } from '#core/payments/ports.ts';
import { settingsOf } from '#core/provider/accountForm.ts';
import type { Provider } from '#core/provider/port.ts';
import { liveValuesOf } from './credentials.ts';
import type { SealedCredentials, StoredAccount } from './storedAccount.ts';

/** What the platform it runs on says of accounts. */
export type AccountRules = {
  /** Those that can be connected. */
  providers: readonly Provider[];
  /** Everybody's, where the platform has any of its own. Their names can't be taken. */
  builtIn: readonly ConnectedAccount[];
  /** Where a provider is whose form doesn't say it; null: nowhere. */
  baseUrlOf: (provider: string) => string | null;
  /** Whether an account may name an address of its own: what is sent there bears credentials, from within our network. */
  isAddressAllowed: (origin: URL) => boolean;
};

export function providerNamed({ providers }: Pick<AccountRules, 'providers'>, name: string): Provider | null {
  return providers.find((provider) => provider.name === name) ?? null;
}

type Addressed = Pick<StoredAccount, 'baseUrl' | 'settings'>;

/** Null: the provider is nowhere. */
export function addressOf(account: Addressed, provider: Provider, { baseUrlOf }: AccountRules): string | null {
  return account.baseUrl ?? provider.account.baseUrl(account.settings) ?? baseUrlOf(provider.name);
}

/** As adapters take it; null where this version of the platform can't. */
export function connect(
  account: StoredAccount,
  credentials: SealedCredentials,
  { rules, now }: { rules: AccountRules; now: number },
): ConnectedAccount | null {
  const provider = providerNamed(rules, account.provider);
  // A setting that was added to the form since has its default.
  const settings = provider === null ? {} : settingsOf(provider.account, account.settings);
  const baseUrl = provider === null ? null : addressOf({ ...account, settings }, provider, rules);
  if (provider === null || baseUrl === null) return null;
  const live = Object.entries(liveValuesOf(credentials, now));
  const keysChangedAt = keysChangedAtOf(account, provider);
  return {
    provider,
    account: {
      id: account.id,
      provider: provider.name,
      baseUrl,
      credentials: Object.fromEntries(live.map(([field, values]) => [field, values.map(secret)])),
      settings,
      timing: provider.account.timing,
      ...(keysChangedAt === null ? {} : { keysChangedAt }),
    },
  };
}

/** Of what is sent, and not of what checks signatures. Null: they are those that the account began with. */
function keysChangedAtOf({ credentials, createdAt }: StoredAccount, provider: Provider): number | null {
  const times = Object.entries(credentials)
    .filter(([field]) => provider.account.credentials[field]?.overlaps !== true)
    .map(([, { setAt }]) => setAt);
  const latest = Math.max(createdAt, ...times);
  return latest > createdAt ? latest : null;
}
