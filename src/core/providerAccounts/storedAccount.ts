import type { Document, Documents } from '#core/documents/ports.ts';
import type { Json } from '#core/kit/canonicalJson.ts';
import { deriveId, type IdSecret } from '#core/kit/id.ts';
import type { Settings } from '#core/provider/accountForm.ts';

/** `deleted`: takes no new payments, is no longer listed, and is kept for what was sent through it. So is `disabled`, which is listed. */
export type AccountStatus = 'enabled' | 'disabled' | 'deleted';

/** A merchant's contract with a provider, as it lies in its document. Times are milliseconds since the epoch. */
export type StoredAccount = {
  id: string;
  name: string;
  provider: string;
  status: AccountStatus;
  /** The lower, the sooner it is chosen; then the older. */
  priority: number;
  settings: Settings;
  /** Null: where the provider's form says. */
  baseUrl: string | null;
  credentials: { readonly [field: string]: ShownCredential };
  /** What the credentials are: SealedCredentials as JSON, sealed. In the same record, so that the two are never at odds. */
  sealed: string;
  credentialsSetAt: number;
  createdAt: number;
  updatedAt: number;
};

/** All that is ever shown of a credential. `formerUntil`: until then the one before it is good too. */
export type ShownCredential = { setAt: number; last4: string | null; formerUntil: number | null };

export type SealedCredentials = {
  current: { readonly [field: string]: string };
  former: { readonly [field: string]: { value: string; until: number } };
};

/** In lower case, so that two names never differ only by it; never like an id. */
export const ACCOUNT_NAME = /^(?!pa_)[a-z][a-z0-9_-]{0,62}$/;
const ACCOUNT_ID = /^pa_[0-9a-z]{32}$/;
export const ACCOUNTS_MAX = 100;

const OWNERS = 'provider_account_owners';

/** Who an account is of: what its id is derived from can't be read back. */
export type Owner = { merchant: string; name: string };

/** The same name of a merchant is the same account for ever; another environment's is another. */
export function accountIdOf(idSecret: IdSecret, environment: string, { merchant, name }: Owner): string {
  return `pa_${deriveId(idSecret, 'provider_account', environment, merchant, name)}`;
}

/** What credentials are sealed for: those of one account don't open in the place of another's. */
export function sealingPurposeOf({ merchant, name }: Owner): string {
  return `${collectionOf(merchant)}/${name}`;
}

/** Accounts lie in a collection a merchant, by name; and beside it who an id belongs to, for what knows only the id. */
export function createAccountStore(documents: Documents) {
  return {
    list: async (merchant: string): Promise<readonly VersionedAccount[]> => {
      const page = await documents.list(collectionOf(merchant), { prefix: '', after: null, limit: ACCOUNTS_MAX });
      return page.documents.map(read).sort(byPreference);
    },
    get: async (owner: Owner): Promise<VersionedAccount | null> => {
      const found = await documents.get(collectionOf(owner.merchant), owner.name);
      return found === null ? null : read(found);
    },
    put: (merchant: string, { version, ...account }: VersionedAccount): Promise<'stored' | 'conflict'> =>
      documents.put(collectionOf(merchant), account.name, {
        body: account as unknown as Json,
        expectedVersion: version,
      }),
    /** Before the account itself: an owner without an account is nothing, an account that nothing finds would lose webhooks. */
    claim: async (id: string, owner: Owner): Promise<void> => {
      await documents.put(OWNERS, id, { body: owner, expectedVersion: 0 });
    },
    ownerOf: async (id: string): Promise<Owner | null> =>
      ACCOUNT_ID.test(id) ? (((await documents.get(OWNERS, id))?.body as Owner | undefined) ?? null) : null,
  };
}

export type AccountStore = ReturnType<typeof createAccountStore>;

/** `version`: of its document; 0 before it is stored. */
export type VersionedAccount = StoredAccount & { version: number };

function collectionOf(merchant: string): string {
  return `provider_accounts/${merchant}`;
}

function read({ body, version }: Document): VersionedAccount {
  return { ...(body as unknown as StoredAccount), version };
}

function byPreference(left: StoredAccount, right: StoredAccount): number {
  return left.priority - right.priority || left.createdAt - right.createdAt || (left.name < right.name ? -1 : 1);
}
