import type { AccountForm } from '#core/provider/accountForm.ts';
import type { SealedCredentials, ShownCredential } from './storedAccount.ts';

export type CredentialChange = {
  form: AccountForm;
  /** By field; null takes one away. What isn't told stays. Checked already. */
  told: Readonly<Record<string, string | null>>;
  now: number;
  /** How long the former one of a field that overlaps is good beside the new one. 0: not at all, as after a leak. */
  overlapMs: number;
};

export type Held = { sealed: SealedCredentials; shown: Readonly<Record<string, ShownCredential>> };

export const NOTHING_HELD: Held = { sealed: { current: {}, former: {} }, shown: {} };

/** Four characters of a long credential help to tell it from another, and nobody to guess it. */
const LAST_SHOWN = 4;
const CHARACTERS_BEFORE_SHOWN_MIN = 20;

/** Null when nothing changes: a request that is repeated must not push out the former credential. */
export function changeCredentials(held: Held, { form, told, now, overlapMs }: CredentialChange): Held | null {
  const changed = Object.entries(told).filter(([field, value]) => (held.sealed.current[field] ?? null) !== value);
  const endsNow = overlapMs === 0 ? Object.keys(told).filter((field) => isLive(held.sealed.former[field], now)) : [];
  if (changed.length === 0 && endsNow.length === 0) return null;
  const current = { ...held.sealed.current };
  const former = { ...held.sealed.former };
  const shown = { ...held.shown };
  for (const field of endsNow) {
    delete former[field];
    shown[field] = { ...(shown[field] as ShownCredential), formerUntil: null };
  }
  for (const [field, value] of changed) {
    const before = current[field];
    delete former[field];
    if (value === null) {
      delete current[field];
      delete shown[field];
      continue;
    }
    const overlaps = before !== undefined && overlapMs > 0 && form.credentials[field]?.overlaps === true;
    if (overlaps) former[field] = { value: before, until: now + overlapMs };
    current[field] = value;
    shown[field] = { setAt: now, last4: lastOf(value), formerUntil: overlaps ? now + overlapMs : null };
  }
  return { sealed: { current, former }, shown };
}

/** By field, the newest first, as an adapter takes them. */
export function liveValuesOf({ current, former }: SealedCredentials, now: number): Readonly<Record<string, string[]>> {
  return Object.fromEntries(
    Object.entries(current).map(([field, value]) => {
      const before = former[field];
      return [field, isLive(before, now) ? [value, before.value] : [value]];
    }),
  );
}

type Former = SealedCredentials['former'][string];

function isLive(former: Former | undefined, now: number): former is Former {
  return former !== undefined && former.until > now;
}

function lastOf(value: string): string | null {
  return value.length >= CHARACTERS_BEFORE_SHOWN_MIN + LAST_SHOWN && /^[\x21-\x7e]+$/.test(value)
    ? value.slice(-LAST_SHOWN)
    : null;
}
