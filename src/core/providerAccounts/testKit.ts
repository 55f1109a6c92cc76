import { createMemoryDocuments } from '#core/documents/memory.ts';
import type { Documents } from '#core/documents/ports.ts';
import { idSecretOf } from '#core/kit/id.ts';
import { secret } from '#core/kit/secret.ts';
import { doubleProvider } from '#core/payments/platformFake.ts';
import type { AccountForm } from '#core/provider/accountForm.ts';
import type { Provider } from '#core/provider/port.ts';
import { createSealerFake } from '#core/secrets/sealerFake.ts';
import type { AccountRules } from './connect.ts';
import { createAccountDirectory } from './directory.ts';
import type { PutAccount } from './judgePut.ts';
import { createManageAccounts } from './manageAccounts.ts';
import { createAccountStore } from './storedAccount.ts';

const key = { about: 'A key', pattern: /^sk_[a-z0-9_]+$/, expects: 'sk_…', required: true, overlaps: false };

export const form: AccountForm = {
  credentials: {
    api_key: key,
    webhook_secret: { ...key, pattern: /^whsec_/, expects: 'whsec_…', required: false, overlaps: true },
  },
  settings: {
    note: { about: 'How', pattern: /^\w+$/, expects: 'a word', required: false, default: null, changes: true },
    region: { about: 'Where', pattern: /^[a-z]{2}$/, expects: 'two letters', required: false, default: 'eu' },
  },
  baseUrl: ({ region }) => `https://${region}.example`,
  timing: { connectMs: 1, sendWithinMs: 1, exchangeMs: 1, propagationMs: 1 },
};
const remote: Provider = { ...doubleProvider, name: 'remote', account: form };
const nowhere: Provider = { ...doubleProvider, name: 'nowhere', account: { ...form, baseUrl: () => null } };

export const RULES: AccountRules = {
  providers: [remote, nowhere],
  builtIn: [
    {
      provider: remote,
      account: {
        id: 'shared',
        provider: 'remote',
        baseUrl: 'https://shared.example',
        credentials: { api_key: [secret('sk_shared')] },
        settings: {},
        timing: form.timing,
      },
    },
  ],
  baseUrlOf: () => null,
  isAddressAllowed: ({ hostname }) => hostname === '127.0.0.1',
};

export const MAIN: PutAccount = {
  merchant: 'mer_1',
  name: 'main',
  provider: 'remote',
  credentials: { api_key: 'sk_first', webhook_secret: 'whsec_first' },
  settings: null,
  baseUrl: undefined,
  enabled: null,
  priority: null,
  overlapMs: 60_000,
};

/** Accounts as two processes see them, over documents in memory and a clock that only the test moves. */
export function createWorld({
  rules = RULES,
  documents = createMemoryDocuments(),
}: {
  rules?: AccountRules;
  documents?: Documents;
} = {}) {
  const time = { now: 1_700_000_000_000 };
  const clock = { now: () => time.now, monotonic: () => time.now };
  const told: string[] = [];
  const log = { info: () => {}, error: (message: string) => void told.push(message) };
  const sealer = createSealerFake();
  const reads = { lists: 0 };
  const counting: Documents = {
    ...documents,
    list: (...of) => {
      reads.lists += 1;
      return documents.list(...of);
    },
  };
  const store = createAccountStore(counting);
  const here = createAccountDirectory({ store, sealer, rules, clock, log });
  const elsewhere = createAccountDirectory({ store, sealer, rules, clock, log });
  const idSecret = idSecretOf(new Uint8Array(32));
  const { changed } = here;
  const manage = createManageAccounts({ store, sealer, rules, changed, idSecret, environment: 'test', clock });
  return { time, told, reads, sealer, store, here, elsewhere, manage, documents };
}
