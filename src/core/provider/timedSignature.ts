import { isHmacSha256 } from '#core/kit/hmac.ts';
import type { Secret } from '#core/kit/secret.ts';

/** An older signature may be one that somebody recorded. */
const AGE_MAX_S = 300;
/** Two are usual while a secret is replaced; more than this are not looked at. */
const SIGNATURES_MAX = 8;

/**
 * Whether a header `t=<unix seconds>,v1=<hex>[,v1=…]` signs this body, lately, with one of the secrets: HMAC-SHA-256 of `t.body`. Several providers
 * sign so. `now`: milliseconds since the epoch.
 */
export function isTimedSignature(
  header: string | undefined,
  { body, secrets, now }: { body: string; secrets: readonly Secret[]; now: number },
): boolean {
  const parts = (header ?? '').split(',').map((part) => part.split('='));
  const signedAt = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(signedAt) || Math.abs(now / 1000 - Number(signedAt)) > AGE_MAX_S) return false;
  const message = `${signedAt}.${body}`;
  return parts
    .flatMap(([name, value = '']) => (name === 'v1' && /^[0-9a-f]{64}$/.test(value) ? [value] : []))
    .slice(0, SIGNATURES_MAX)
    .some((signature) =>
      secrets.some((key) => isHmacSha256({ key: key.reveal(), message, signature, encoding: 'hex' })),
    );
}
