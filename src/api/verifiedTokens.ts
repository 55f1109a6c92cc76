import { hash } from 'node:crypto';
import type { Caller } from './accessToken.ts';

/** About 3 MB. Beyond this, what was not used for longest is verified again. */
const TOKENS_MAX = 10_000;
/** A key that the issuer withdraws stops working when its tokens are next verified: after this long at most, whatever their `exp`. */
const VERIFIED_FOR_MS = 5 * 60_000;

/**
 * Tokens whose signature was checked: a signature costs more than the whole rest of a request. Kept by their hash, so that neither the time a
 * look-up takes nor a dump of the memory tells anything of a token.
 */
export function createVerifiedTokens({ now }: { now: () => number }) {
  const callers = new Map<string, { caller: Caller; until: number }>();

  /** Null for one that has to be verified. */
  function find(token: string): Caller | null {
    const key = keyOf(token);
    const known = callers.get(key);
    if (known === undefined) return null;
    callers.delete(key);
    if (known.until <= now()) return null;
    callers.set(key, known);
    return known.caller;
  }

  /** `expiresAt`: milliseconds since the epoch; never used from then on. */
  function remember(token: string, caller: Caller, expiresAt: number): void {
    const longestUnused = callers.keys().next();
    if (callers.size >= TOKENS_MAX && !longestUnused.done) callers.delete(longestUnused.value);
    callers.set(keyOf(token), { caller, until: Math.min(expiresAt, now() + VERIFIED_FOR_MS) });
  }

  return { find, remember, count: () => callers.size };
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
