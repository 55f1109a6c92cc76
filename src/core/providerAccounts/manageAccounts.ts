import { canonicalJson } from '#core/kit/canonicalJson.ts';
import { Fault, isFault } from '#core/kit/fault.ts';
import type { IdSecret } from '#core/kit/id.ts';
import { err, ok, type Result } from '#core/kit/result.ts';
import type { Clock } from '#core/kit/world.ts';
import { settingsOf } from '#core/provider/accountForm.ts';
import type { Provider } from '#core/provider/port.ts';
import type { Sealer } from '#core/secrets/ports.ts';
import { type AccountRules, providerNamed } from './connect.ts';
import { changeCredentials, type Held, NOTHING_HELD } from './credentials.ts';
import { judgePut, type PutAccount, type PutRefusal } from './judgePut.ts';
import {
  ACCOUNTS_MAX,
  type AccountStore,
  accountIdOf,
  type SealedCredentials,
  type StoredAccount,
  sealingPurposeOf,
  type VersionedAccount,
} from './storedAccount.ts';

export type ManageAccountsDeps = {
  store: AccountStore;
  sealer: Sealer;
  rules: AccountRules;
  /** Told of every change that this process makes. */
  changed: (merchant: string) => void;
  idSecret: IdSecret;
  environment: string;
  clock: Clock;
};

export type PutRejection = PutRefusal | { code: 'provider_account_reserved' } | { code: 'provider_accounts_too_many' };

type Put = { asked: PutAccount; provider: Provider; before: VersionedAccount | null; held: Held };

/** Others change the same account this many times in a row: something is wrong. */
const ATTEMPTS_MAX = 8;
const PRIORITY_DEFAULT = 100;

/** Merchants' accounts, kept: put, read, listed, deleted. What is returned holds no credential but sealed. */
export function createManageAccounts(deps: ManageAccountsDeps) {
  const { store, sealer, rules, changed, clock } = deps;

  /** `created`: there was none of the name, or it was deleted. A repeated one changes nothing. */
  async function put(asked: PutAccount): Promise<Result<{ account: StoredAccount; created: boolean }, PutRejection>> {
    if (rules.builtIn.some(({ account }) => account.id === asked.name))
      return err({ code: 'provider_account_reserved' });
    const provider = providerNamed(rules, asked.provider);
    if (provider === null) return err(unknownProvider(rules));
    for (let tried = 0; tried < ATTEMPTS_MAX; tried += 1) {
      const before = await store.get(asked);
      const held = before === null ? NOTHING_HELD : await open(asked.merchant, before);
      const known = new Set(before?.status === 'deleted' ? [] : Object.keys(held.sealed.current));
      const refusal = judgePut({ asked, provider, before, known }, rules);
      if (refusal !== null) return err(refusal);
      if (before === null && (await store.list(asked.merchant)).length >= ACCOUNTS_MAX)
        return err({ code: 'provider_accounts_too_many' });
      const after = await apply({ asked, provider, before, held });
      if (after === null) return ok({ account: before as StoredAccount, created: false });
      if (before === null) await store.claim(after.id, { merchant: asked.merchant, name: asked.name });
      if (await write(asked.merchant, after))
        return ok({ account: after, created: before === null || before.status === 'deleted' });
    }
    throw contended(asked.name);
  }

  /** Null when it is like that already. */
  async function apply({ asked, provider, before, held }: Put): Promise<VersionedAccount | null> {
    const { merchant, name, overlapMs } = asked;
    const now = clock.now();
    const told = asked.credentials as Readonly<Record<string, string | null>>;
    const change = changeCredentials(held, { form: provider.account, told, now, overlapMs });
    const wanted = wantedOf({ asked, provider, before });
    if (before === null || change !== null) {
      const { sealed, shown } = change ?? held;
      const purpose = sealingPurposeOf({ merchant, name });
      return {
        id: accountIdOf(deps.idSecret, deps.environment, { merchant, name }),
        name,
        provider: provider.name,
        ...wanted,
        credentials: shown,
        sealed: await sealer.seal(JSON.stringify(sealed), purpose),
        credentialsSetAt: now,
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
        version: before?.version ?? 0,
      };
    }
    if (isLike(before, wanted)) return null;
    return { ...before, ...wanted, updatedAt: now };
  }

  /** What can't be read any more has to be told anew. */
  async function open(merchant: string, { name, sealed, credentials }: StoredAccount): Promise<Held> {
    try {
      const opened = await sealer.open(sealed, sealingPurposeOf({ merchant, name }));
      return { sealed: JSON.parse(opened.reveal()) as SealedCredentials, shown: credentials };
    } catch (fault) {
      if (isFault(fault) && !fault.retryable) return NOTHING_HELD;
      throw fault;
    }
  }

  /** False when somebody else was quicker. Whatever becomes of it, what was known is no longer trusted. */
  async function write(merchant: string, account: VersionedAccount): Promise<boolean> {
    try {
      return (await store.put(merchant, account)) === 'stored';
    } finally {
      changed(merchant);
    }
  }

  /** By name or id; a deleted one too. Null: the merchant has none such. */
  async function get(merchant: string, account: string): Promise<VersionedAccount | null> {
    const owner = (await store.ownerOf(account)) ?? { merchant, name: account };
    return owner.merchant === merchant ? await store.get(owner) : null;
  }

  /** The first choice first; without those that are deleted. */
  async function list(merchant: string): Promise<readonly StoredAccount[]> {
    return (await store.list(merchant)).filter(({ status }) => status !== 'deleted');
  }

  /** It takes no new payments from now on. It is kept, with its credentials, for what was sent through it. */
  async function remove(merchant: string, account: string): Promise<StoredAccount | null> {
    for (let tried = 0; tried < ATTEMPTS_MAX; tried += 1) {
      const before = await get(merchant, account);
      if (before === null || before.status === 'deleted') return before;
      const after: VersionedAccount = { ...before, status: 'deleted', updatedAt: clock.now() };
      if (await write(merchant, after)) return after;
    }
    throw contended(account);
  }

  return { put, get, list, remove };
}

export type ManageAccounts = ReturnType<typeof createManageAccounts>;

type Wanted = Pick<StoredAccount, 'status' | 'priority' | 'baseUrl' | 'settings'>;

/** What wasn't told is as it was. */
function wantedOf({ asked, provider, before }: Omit<Put, 'held'>): Wanted {
  const was = before === null || before.status === 'deleted' ? 'enabled' : before.status;
  return {
    status: asked.enabled === null ? was : asked.enabled ? 'enabled' : 'disabled',
    priority: asked.priority ?? before?.priority ?? PRIORITY_DEFAULT,
    baseUrl: asked.baseUrl === undefined ? (before?.baseUrl ?? null) : asked.baseUrl,
    settings: settingsOf(provider.account, asked.settings ?? before?.settings ?? {}),
  };
}

function isLike(before: Wanted, wanted: Wanted): boolean {
  const textOf = ({ status, priority, baseUrl, settings }: Wanted) =>
    canonicalJson({ status, priority, baseUrl, settings });
  return textOf(before) === textOf(wanted);
}

function unknownProvider({ providers }: AccountRules): PutRejection {
  const detail = `Expected one of ${providers.map(({ name }) => name).join(', ')}`;
  return { code: 'provider_account_invalid', problems: [{ pointer: '/provider', detail }] };
}

function contended(name: string): Fault {
  return new Fault('account_contended', `provider account ${name} is being changed by others all the time`, {
    retryable: true,
  });
}
