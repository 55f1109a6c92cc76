import { type FormProblem, problemsOf, type Settings, settingsOf } from '#core/provider/accountForm.ts';
import type { Provider } from '#core/provider/port.ts';
import { type AccountRules, addressOf } from './connect.ts';
import type { Owner, StoredAccount } from './storedAccount.ts';

/** What a merchant says an account is to be. */
export type PutAccount = Owner & {
  provider: string;
  /** By the provider's form. What isn't told stays as it is; null takes away what isn't required. */
  credentials: Readonly<Record<string, unknown>>;
  /** Null: as they are. What says which contract it is never changes. */
  settings: Readonly<Record<string, unknown>> | null;
  /** Undefined: as it is. Null: where the provider's form says. */
  baseUrl: string | null | undefined;
  /** Null: as it is, and for a new one that it is. */
  enabled: boolean | null;
  /** Null: as it is. */
  priority: number | null;
  /** How long former credentials are good beside the new ones, where they overlap. */
  overlapMs: number;
};

/** `problems`: by pointers into what was told. */
export type PutRefusal =
  | { code: 'provider_account_invalid'; problems: readonly FormProblem[] }
  /** It would be another contract, under the name of one that payments may be open with. */
  | { code: 'provider_account_fixed'; problems: readonly FormProblem[] };

type Judged = {
  asked: PutAccount;
  provider: Provider;
  before: StoredAccount | null;
  /** Credentials that are there and need not be told again. */
  known: ReadonlySet<string>;
};

/** Null when it can be done. No detail quotes what was told. */
export function judgePut({ asked, provider, before, known }: Judged, rules: AccountRules): PutRefusal | null {
  const fixed = before === null ? [] : changesOfContract(asked, provider, before);
  if (fixed.length > 0) return { code: 'provider_account_fixed', problems: fixed };
  const settings = asked.settings ?? before?.settings ?? {};
  const problems = [
    ...problemsOf(provider.account, { credentials: asked.credentials, settings }, known),
    ...addressProblems(asked.baseUrl, rules),
  ];
  if (problems.length > 0) return { code: 'provider_account_invalid', problems };
  const baseUrl = asked.baseUrl === undefined ? (before?.baseUrl ?? null) : asked.baseUrl;
  const told = { baseUrl, settings: settingsOf(provider.account, settings) };
  if (addressOf(told, provider, rules) !== null) return null;
  const missing = { pointer: '/base_url', detail: 'This field is required here' };
  return { code: 'provider_account_invalid', problems: [missing] };
}

function changesOfContract(asked: PutAccount, provider: Provider, before: StoredAccount): readonly FormProblem[] {
  const detail = 'This never changes: what was sent is followed up by it. Name another account';
  if (asked.provider !== before.provider) return [{ pointer: '/provider', detail }];
  if (asked.settings === null) return [];
  const wanted = settingsOf(provider.account, asked.settings);
  const fields = new Set([...Object.keys(wanted), ...Object.keys(before.settings)]);
  return [...fields]
    .filter((field) => provider.account.settings[field]?.changes !== true)
    .filter((field) => wanted[field] !== settingOf(provider, before.settings, field))
    .map((field) => ({ pointer: `/settings/${field}`, detail }));
}

/** One that was added to the form since has its default. */
function settingOf(provider: Provider, settings: Settings, field: string): string | undefined {
  return settings[field] ?? settingsOf(provider.account, settings)[field];
}

/** An origin and nothing else, where the platform allows one at all. */
function addressProblems(baseUrl: PutAccount['baseUrl'], { isAddressAllowed }: AccountRules): readonly FormProblem[] {
  if (baseUrl == null) return [];
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  const isGood = url !== null && url.origin === baseUrl && isAddressAllowed(url);
  return isGood ? [] : [{ pointer: '/base_url', detail: 'This address is not allowed here' }];
}
