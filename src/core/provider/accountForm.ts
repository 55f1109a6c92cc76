import { defined } from '#core/kit/assert.ts';
import type { Secret } from '#core/kit/secret.ts';
import type { ProviderAccount, ProviderTiming } from './port.ts';

/**
 * What a merchant has to tell to be connected to a provider, in data: the platform checks, seals, shows and documents it the same way for all.
 * Field names are snake_case, as on the wire. Every value is a string.
 */
export type AccountForm = {
  /** Sealed, given to the adapter as `Secret`, never shown again. */
  credentials: Readonly<Record<string, CredentialField>>;
  /** Which contract it is, and how it is used. */
  settings: Readonly<Record<string, SettingField>>;
  /** Where the provider is, without a slash at the end. Made of checked settings and constants only; null: the platform knows it. */
  baseUrl: (settings: Settings) => string | null;
  timing: ProviderTiming;
};

export type FormField = {
  /** What it is and where the merchant finds it, in a sentence. */
  about: string;
  /** The whole value, anchored. */
  pattern: RegExp;
  /** What the pattern wants, for whoever got it wrong. Never quotes the value. */
  expects: string;
  required: boolean;
};

/** `overlaps`: after a rotation the former one is good for a while too. For what checks signatures, not for what is sent. */
export type CredentialField = FormField & { overlaps: boolean };
/** `changes`: it says how the contract is used, and not which one it is: those never change, for what was sent under one is followed up under it. */
export type SettingField = FormField & { default: string | null; changes?: true };

export type Settings = Readonly<Record<string, string>>;
/** By field, the newest first. */
export type Credentials = Readonly<Record<string, readonly Secret[]>>;

/** `pointer`: RFC 6901, from where credentials and settings stand. */
export type FormProblem = { pointer: string; detail: string };

const VALUE_CHARACTERS_MAX = 4096;

/**
 * What is wrong with what was told; empty when nothing is. `known`: credentials that are there already and need not be told again; null as a
 * value takes away one that isn't required. No detail quotes a value.
 */
export function problemsOf(
  form: AccountForm,
  told: { credentials: Readonly<Record<string, unknown>>; settings: Readonly<Record<string, unknown>> },
  known: ReadonlySet<string>,
): readonly FormProblem[] {
  const credentials = Object.entries(form.credentials).map(([name, field]) => [name, field, known.has(name)] as const);
  const settings = Object.entries(form.settings).map(([name, field]) => [name, field, field.default !== null] as const);
  return [
    ...problemsIn('/credentials', credentials, told.credentials),
    ...problemsIn('/settings', settings, told.settings),
  ];
}

/** With the defaults of what wasn't told. They must have been checked. */
export function settingsOf(form: AccountForm, told: Readonly<Record<string, unknown>>): Settings {
  const settings: Record<string, string> = {};
  for (const [name, field] of Object.entries(form.settings)) {
    const value = told[name] ?? field.default;
    if (typeof value === 'string') settings[name] = value;
  }
  return settings;
}

/** The one that is sent. For a required field: a bug where it is missing. */
export function credentialOf(account: ProviderAccount, field: string): Secret {
  return defined(account.credentials[field]?.[0], `account ${account.id} has no credential ${field}`);
}

/** All that are good now, the newest first: for what the provider signs. Empty for an optional one that wasn't told. */
export function liveCredentialsOf(account: ProviderAccount, field: string): readonly Secret[] {
  return account.credentials[field] ?? [];
}

type Named = readonly [name: string, field: FormField, isKnown: boolean];

function problemsIn(
  pointer: string,
  fields: readonly Named[],
  told: Readonly<Record<string, unknown>>,
): readonly FormProblem[] {
  const names = new Set(fields.map(([name]) => name));
  const unknown = Object.keys(told).filter((name) => !names.has(name));
  return [
    ...unknown.map((name) => ({ pointer: `${pointer}/${pointerPart(name)}`, detail: 'This field is not known here' })),
    ...fields.flatMap(([name, field, isKnown]) => {
      const detail = problemWith(field, told[name], isKnown);
      return detail === null ? [] : [{ pointer: `${pointer}/${pointerPart(name)}`, detail }];
    }),
  ];
}

function problemWith({ required, pattern, expects }: FormField, value: unknown, isKnown: boolean): string | null {
  if (value === undefined) return required && !isKnown ? `This field is required: ${expects}` : null;
  if (value === null) return required ? `This field is required: ${expects}` : null;
  const isGood = typeof value === 'string' && value.length <= VALUE_CHARACTERS_MAX && pattern.test(value);
  return isGood ? null : `Expected ${expects}`;
}

/** RFC 6901. */
function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
