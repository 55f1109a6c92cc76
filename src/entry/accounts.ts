import type { Documents } from '#core/documents/ports.ts';
import type { IdSecret } from '#core/kit/id.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock } from '#core/kit/world.ts';
import type { AccountRules } from '#core/providerAccounts/connect.ts';
import { createAccountDirectory } from '#core/providerAccounts/directory.ts';
import { createManageAccounts } from '#core/providerAccounts/manageAccounts.ts';
import { createAccountStore } from '#core/providerAccounts/storedAccount.ts';
import type { Sealer } from '#core/secrets/ports.ts';

export type AccountsDeps = {
  documents: Documents;
  sealer: Sealer;
  rules: AccountRules;
  idSecret: IdSecret;
  environment: string;
  clock: Clock;
  log: Log;
};

/** Merchants' accounts: where payments find them, and where merchants change them. What is changed here is seen here at once. */
export function createAccounts({ documents, sealer, rules, idSecret, environment, clock, log }: AccountsDeps) {
  const store = createAccountStore(documents);
  const accounts = createAccountDirectory({ store, sealer, rules, clock, log });
  const { changed } = accounts;
  const manageAccounts = createManageAccounts({ store, sealer, rules, changed, idSecret, environment, clock });
  return { accounts, manageAccounts };
}
