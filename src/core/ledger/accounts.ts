import { defined } from '#core/kit/assert.ts';

export type Side = 'debit' | 'credit';

/**
 * What kinds of accounts there are; docs/concepts/ledger.md says what each is for. An account has a kind, a merchant, a currency and, where
 * `byProvider`, one account at a provider. Every entry stays within one merchant, so that each merchant's books balance by themselves.
 */
export const ACCOUNT_CLASSES = {
  provider_receivable: { kind: 'asset', normal: 'debit', byProvider: true },
  bank: { kind: 'asset', normal: 'debit', byProvider: true },
  fx_clearing: { kind: 'asset', normal: 'debit', byProvider: false },
  disputes: { kind: 'asset', normal: 'debit', byProvider: false },
  merchant_payable: { kind: 'liability', normal: 'credit', byProvider: false },
  provider_fees: { kind: 'expense', normal: 'debit', byProvider: true },
  'memo:authorized': { kind: 'memo', normal: 'debit', byProvider: false },
  'memo:authorized_contra': { kind: 'memo', normal: 'credit', byProvider: false },
  'memo:in_doubt': { kind: 'memo', normal: 'debit', byProvider: false },
  'memo:in_doubt_contra': { kind: 'memo', normal: 'credit', byProvider: false },
} as const satisfies Record<string, { kind: AccountKind; normal: Side; byProvider: boolean }>;

/** `memo`: what is no money of anybody's, a hold or a doubt. It is never summed with money. */
export type AccountKind = 'asset' | 'liability' | 'expense' | 'memo';
export type AccountClass = keyof typeof ACCOUNT_CLASSES;

export type Account = {
  class: AccountClass;
  merchant: string;
  /** The account at the provider; null for a class that has none. */
  providerAccount: string | null;
  /** As the provider wrote it, which may be no ISO 4217 code. */
  currency: string;
};

const SEPARATOR = ':';

/** `provider_receivable:<merchant>:<account>:EUR`, `memo:authorized:<merchant>:EUR`: what needs no escaping in a URL. */
export function printAccount({ class: name, merchant, providerAccount, currency }: Account): string {
  const owner =
    providerAccount === null
      ? escapePart(merchant)
      : `${escapePart(merchant)}${SEPARATOR}${escapePart(providerAccount)}`;
  return `${name}${SEPARATOR}${owner}${SEPARATOR}${escapePart(currency)}`;
}

/** Null for any text that `printAccount` would not have written. */
export function parseAccount(id: string): Account | null {
  const parts = id.split(SEPARATOR);
  const name = parts.splice(0, parts[0] === 'memo' ? 2 : 1).join(SEPARATOR);
  if (!isClass(name) || parts.length !== (ACCOUNT_CLASSES[name].byProvider ? 3 : 2)) return null;
  const [merchant = '', second = '', third] = parts.map(unescapePart);
  const account: Account =
    third === undefined
      ? { class: name, merchant, providerAccount: null, currency: second }
      : { class: name, merchant, providerAccount: second, currency: third };
  return printAccount(account) === id ? account : null;
}

/** Of an id that the ledger itself wrote. */
export function accountOf(id: string): Account {
  return defined(parseAccount(id) ?? undefined, `${id} is no account`);
}

function isClass(name: string): name is AccountClass {
  return Object.hasOwn(ACCOUNT_CLASSES, name);
}

/** By code unit, since a merchant's name may be any text at all and two must never become one. */
function escapePart(part: string): string {
  return part.replace(/[^\w.-]/g, (unit) => `~${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function unescapePart(part: string): string {
  return part.replace(/~([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
