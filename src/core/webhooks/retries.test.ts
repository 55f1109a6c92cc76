import assert from 'node:assert/strict';
import test from 'node:test';
import type { DeliveryResult } from './ports.ts';
import { ATTEMPTS_MAX, judge, retryDelayMs } from './retries.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const answered = (status: number, retryAfter: string | null = null): DeliveryResult => ({
  kind: 'answered',
  status,
  retryAfter,
  bodyStart: '',
  durationMs: 1,
});

test('the delays grow as is written, with up to a fifth more, and end', () => {
  const delays = Array.from({ length: ATTEMPTS_MAX }, (_, index) => retryDelayMs(index + 1, 0));
  const hours = [2, 5, 10, 14, 20, 24].map((count) => count * HOUR_MS);
  assert.deepEqual(delays, [5000, 5 * MINUTE_MS, 30 * MINUTE_MS, ...hours, null]);
  assert.deepEqual([retryDelayMs(1, 255), retryDelayMs(9, 255)], [6000, 28.8 * HOUR_MS]);
});

test('only 2xx is success, 410 says that nothing more is wanted', () => {
  for (const status of [200, 202, 204, 299]) assert.deepEqual(judge(answered(status), NOW), { kind: 'succeeded' });
  for (const status of [301, 302, 400, 401, 404, 500, 502]) assert.equal(judge(answered(status), NOW).kind, 'failed');
  assert.deepEqual(judge(answered(410), NOW), { kind: 'gone' });
  assert.deepEqual(judge({ kind: 'failed', reason: 'timeout', durationMs: 1 }, NOW), { kind: 'failed', waitMs: 0 });
  assert.equal(judge({ kind: 'refused', reason: 'address_forbidden', durationMs: 0 }, NOW).kind, 'failed');
});

test('a busy endpoint is left alone for as long as it asks, and no longer than an hour', () => {
  const waits: readonly (readonly [number, string | null, number])[] = [
    [429, '120', 120_000],
    [503, '0', 0],
    [503, 'Sun, 01 Mar 2026 12:10:00 GMT', 10 * MINUTE_MS],
    [503, 'Sun, 01 Mar 2026 11:00:00 GMT', 0],
    [429, '999999', HOUR_MS],
    [429, 'Fri, 01 Jan 2100 00:00:00 GMT', HOUR_MS],
    [429, 'soon', 0],
    [429, '-5', 0],
    [429, null, 0],
    [500, '120', 0],
  ];
  for (const [status, retryAfter, waitMs] of waits)
    assert.deepEqual(judge(answered(status, retryAfter), NOW), { kind: 'failed', waitMs }, `${status} ${retryAfter}`);
});
