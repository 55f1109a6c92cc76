import { isFault } from '#core/kit/fault.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock } from '#core/kit/world.ts';
import type { ConnectedAccount, MerchantAccounts, ProviderAccounts } from '#core/payments/ports.ts';
import type { Sealer } from '#core/secrets/ports.ts';
import { type AccountRules, connect, providerNamed } from './connect.ts';
import {
  type AccountStore,
  type Owner,
  type SealedCredentials,
  sealingPurposeOf,
  type VersionedAccount,
} from './storedAccount.ts';

export type DirectoryDeps = { store: AccountStore; sealer: Sealer; rules: AccountRules; clock: Clock; log: Log };

/** `changed`: this process has changed an account of the merchant. */
export type AccountDirectory = ProviderAccounts & { changed: (merchant: string) => void };

/** What another process has changed is seen after this. */
export const FRESH_MS = 5000;
/** What is known is used for so long while it can't be read anew: an answer of a provider may be on its way. */
export const USED_UNREAD_MS = 60_000;
/** Credentials that are wrong and stay wrong are read anew no more often than this. */
export const DOUBTED_EVERY_MS = 1000;
const MERCHANTS_MAX = 10_000;
const OWNERS_MAX = 100_000;

/** `generation`: counts what makes all that was read before it old. `opened`: what is sealed is opened once a version. */
type Entry = {
  generation: number;
  known: { accounts: MerchantAccounts; readAt: number; generation: number } | null;
  reading: { accounts: Promise<MerchantAccounts>; generation: number } | null;
  opened: Map<string, { version: number; credentials: SealedCredentials }>;
};

/** Merchants' accounts, from memory almost always. */
export function createAccountDirectory({ store, sealer, rules, clock, log }: DirectoryDeps): AccountDirectory {
  const entries = new Map<string, Entry>();
  const owners = new Map<string, Owner>();

  async function of(merchant: string): Promise<MerchantAccounts> {
    const entry = entryOf(merchant);
    const { known, generation } = entry;
    const ageMs = known === null ? Number.POSITIVE_INFINITY : clock.monotonic() - known.readAt;
    if (known !== null && known.generation === generation && ageMs < FRESH_MS) return known.accounts;
    if (entry.reading?.generation !== generation) entry.reading = { accounts: read(merchant, entry), generation };
    try {
      return await entry.reading.accounts;
    } catch (fault) {
      if (known === null || ageMs > USED_UNREAD_MS) throw fault;
      log.error('provider accounts could not be read anew', { merchant, fault });
      return known.accounts;
    }
  }

  async function read(merchant: string, entry: Entry): Promise<MerchantAccounts> {
    const { generation } = entry;
    const readAt = clock.monotonic();
    try {
      const accounts = await assemble(merchant, await store.list(merchant), entry.opened);
      // One that began before a change may come back after one that began later.
      if (entry.known === null || entry.known.generation <= generation) entry.known = { accounts, readAt, generation };
      return accounts;
    } finally {
      if (entry.reading?.generation === generation) entry.reading = null;
    }
  }

  async function assemble(
    merchant: string,
    stored: readonly VersionedAccount[],
    opened: Entry['opened'],
  ): Promise<MerchantAccounts> {
    const byName = new Map<string, ConnectedAccount>(rules.builtIn.map((way) => [way.account.id, way]));
    const inOrder: ConnectedAccount[] = [];
    for (const account of stored) {
      remember(owners, { key: account.id, value: { merchant, name: account.name }, max: OWNERS_MAX });
      const connected = await open(merchant, account, opened);
      if (connected === null) continue;
      byName.set(account.id, connected).set(account.name, connected);
      if (account.status === 'enabled') inOrder.push(connected);
    }
    // Whoever has switched off the accounts they have must not pay elsewhere instead.
    const hasOwn = stored.some(({ status }) => status !== 'deleted');
    return {
      inOrder: hasOwn ? inOrder : rules.builtIn,
      onlyNamed: hasOwn ? rules.builtIn : [],
      find: (account) => byName.get(account) ?? null,
    };
  }

  /** Null for one that can't be used here: the others can. What may be cured in a while is a fault, so that nothing goes to another account for it. */
  async function open(
    merchant: string,
    account: VersionedAccount,
    opened: Entry['opened'],
  ): Promise<ConnectedAccount | null> {
    try {
      const { id, version, name, sealed } = account;
      const known = opened.get(id);
      const credentials =
        known?.version === version
          ? known.credentials
          : (JSON.parse(
              (await sealer.open(sealed, sealingPurposeOf({ merchant, name }))).reveal(),
            ) as SealedCredentials);
      opened.set(id, { version, credentials });
      const connected = connect(account, credentials, { rules, now: clock.now() });
      if (connected === null) log.error('a provider account can not be used by this version', { account: id });
      return connected;
    } catch (fault) {
      if (isFault(fault) && fault.retryable) throw fault;
      log.error('a provider account could not be opened', { account: account.id, fault });
      return null;
    }
  }

  async function find(id: string): Promise<ConnectedAccount | null> {
    const builtIn = rules.builtIn.find(({ account }) => account.id === id);
    if (builtIn !== undefined) return builtIn;
    const owner = owners.get(id) ?? (await store.ownerOf(id));
    if (owner === null) return null;
    remember(owners, { key: id, value: owner, max: OWNERS_MAX });
    return (await of(owner.merchant)).find(id);
  }

  function doubt(id: string): void {
    const entry = entries.get(owners.get(id)?.merchant ?? '');
    const readAt = entry?.known?.readAt;
    if (entry === undefined || readAt === undefined || clock.monotonic() - readAt < DOUBTED_EVERY_MS) return;
    entry.generation += 1;
  }

  function entryOf(merchant: string): Entry {
    const entry = entries.get(merchant) ?? { generation: 0, known: null, reading: null, opened: new Map() };
    if (!entries.has(merchant)) remember(entries, { key: merchant, value: entry, max: MERCHANTS_MAX });
    return entry;
  }

  return {
    of,
    find,
    doubt,
    unnamed: (name) => rules.builtIn.filter(({ provider }) => provider.name === name),
    provider: (name) => providerNamed(rules, name),
    changed: (merchant) => {
      entryOf(merchant).generation += 1;
    },
  };
}

/** The oldest makes room. */
function remember<Value>(
  map: Map<string, Value>,
  { key, value, max }: { key: string; value: Value; max: number },
): void {
  const oldest = map.keys().next();
  if (map.size >= max && !map.has(key) && !oldest.done) map.delete(oldest.value);
  map.set(key, value);
}
