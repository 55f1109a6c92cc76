import { randomFillSync } from 'node:crypto';
import type { Clock } from './model.ts';

const RANDOM_BYTES = 10;
const POOL_BYTES = 8000;

export type NewId = (prefix: string) => string;

/**
 * Ids begin with the time, so that rows are appended to the end of their index and not all over it, and go on with 80
 * random bits, so that nobody guesses one. The random bytes are fetched by the pool: a call for each id costs more.
 */
export function createIds(clock: Clock): NewId {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  return (prefix) => {
    if (used + RANDOM_BYTES > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const random = pool.toString('hex', used, used + RANDOM_BYTES);
    used += RANDOM_BYTES;
    return `${prefix}${clock.now().toString(36)}${random}`;
  };
}
