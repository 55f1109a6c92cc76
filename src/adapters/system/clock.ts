import { randomBytes } from 'node:crypto';
import type { Clock, Random, Timers } from '#core/kit/world.ts';

/**
 * The monotonic clock is the later of two: the system's monotonic clock, which stands still while a machine is suspended or a
 * function's sandbox is frozen, and the wall clock, which doesn't but may be set back. It never goes back itself.
 */
export function createSystemClock(): Clock {
  const origin = { wall: Date.now(), monotonic: performance.now() };
  let latest = 0;
  return {
    now: Date.now,
    monotonic: () => {
      latest = Math.max(latest, performance.now() - origin.monotonic, Date.now() - origin.wall);
      return latest;
    },
  };
}

export function createSystemTimers(): Timers {
  return {
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    soon: (work) => void setImmediate(work),
  };
}

const POOL_BYTES = 4096;

/** The system's random source, read some thousand bytes at a time: a call for sixteen bytes costs as much as one for thousands. */
export function createSystemRandom(): Random {
  let pool = randomBytes(POOL_BYTES);
  let used = 0;
  return {
    bytes: (count) => {
      if (count > POOL_BYTES) return randomBytes(count);
      if (used + count > POOL_BYTES) {
        pool = randomBytes(POOL_BYTES);
        used = 0;
      }
      used += count;
      return pool.subarray(used - count, used);
    },
  };
}
