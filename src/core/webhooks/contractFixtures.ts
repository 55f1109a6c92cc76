import { assert } from '#core/kit/assert.ts';
import type { Attempt, NewDelivery } from './delivery.ts';
import type { Settlement } from './ports.ts';

/** For the contract's cases. */
export const T = 1_700_000_000_000;

export function delivery(id: string, changes: Partial<NewDelivery> = {}): NewDelivery {
  const type = 'payment.created';
  return {
    id,
    merchant: 'mer_1',
    endpoint: 'whe_1',
    event: `evt_${id}`,
    type,
    content: null,
    createdAt: T,
    ...changes,
  };
}

export function attempt(at: number, succeeded: boolean): Attempt {
  const [status, failure] = succeeded ? [200, null] : [null, 'timeout' as const];
  return { at, durationMs: 5, succeeded, status, failure, responseStart: succeeded ? 'ok' : null };
}

export function failed(at: number, dueAt: number): Settlement {
  return { attempt: attempt(at, false), state: { status: 'waiting', dueAt } };
}

export function delivered(at: number): Settlement {
  return { attempt: attempt(at, true), state: { status: 'delivered', at } };
}

/** Compared as data: a row of SQLite has another order of keys. */
export function same(actual: unknown, expected: unknown): void {
  const [left, right] = [actual, expected].map((value) => JSON.stringify(sorted(value)));
  assert(left === right, `expected ${right}, got ${left}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
