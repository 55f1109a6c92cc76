import type { DeliveryResult } from './ports.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** After each failed attempt, about. After the last there is no other by itself. */
const DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
export const ATTEMPTS_MAX = DELAYS_MS.length + 1;
/** Up to so much more, by chance: what failed together does not come back together. */
const JITTER_PERCENT = 20;
/** An endpoint may ask for more patience than the schedule has, and no more than this. */
const RETRY_AFTER_MS_MAX = HOUR_MS;

/** When to try again, in milliseconds; null: never. `attempts`: how many have failed. `dice`: 0 to 255. */
export function retryDelayMs(attempts: number, dice: number): number | null {
  const delay = DELAYS_MS[attempts - 1];
  return delay === undefined ? null : delay + Math.floor((delay * JITTER_PERCENT * dice) / (100 * 255));
}

export type Verdict =
  | { kind: 'succeeded' }
  /** 410: the merchant wants nothing more there. */
  | { kind: 'gone' }
  /** `waitMs`: how long the endpoint asks to be left alone. */
  | { kind: 'failed'; waitMs: number };

/** What an attempt means. Only 2xx is success; a redirect is not followed and so is none. */
export function judge(result: DeliveryResult, now: number): Verdict {
  if (result.kind !== 'answered') return { kind: 'failed', waitMs: 0 };
  const { status, retryAfter } = result;
  if (status >= 200 && status <= 299) return { kind: 'succeeded' };
  if (status === 410) return { kind: 'gone' };
  const isBusy = status === 429 || status === 503;
  return { kind: 'failed', waitMs: isBusy && retryAfter !== null ? retryAfterMs(retryAfter, now) : 0 };
}

/** RFC 9110, 10.2.3: seconds, or a date. What can't be read asks for nothing. */
function retryAfterMs(text: string, now: number): number {
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * SECOND_MS : Date.parse(text) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}
