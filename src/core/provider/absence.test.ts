import assert from 'node:assert/strict';
import test from 'node:test';
import { doubleProvider } from '#core/payments/platformFake.ts';
import { areSameBooks, believe } from './absence.ts';
import type { Lookup, NotFound, Outcome } from './port.ts';

const byTime: Lookup = { ...doubleProvider.inquiry, clocksDifferMs: 10_000 };
const FROM = Date.parse('2026-01-02T03:04:05.600Z');
const asked = { from: FROM, to: FROM + 2000 };
const heard = (date: string | undefined) => ({
  response: { status: 200, headers: { date }, body: '' },
  asked,
});
const at = (offsetMs: number) => heard(new Date(FROM + offsetMs).toUTCString());

test('what is looked for by time is absent only while the clocks agree, and the provider tells its own', () => {
  const said = (given: ReturnType<typeof heard> | null, lookup = byTime) =>
    believe<Outcome | NotFound>(lookup, { outcome: 'not_found' }, given).outcome;
  const rows = [
    [at(0), 'not_found'],
    [at(-9000), 'not_found'],
    [at(11_000), 'not_found'],
    [at(-12_000), 'unknown'],
    [at(13_000), 'unknown'],
    [heard(undefined), 'unknown'],
    [heard('yesterday'), 'unknown'],
    [null, 'unknown'],
  ] as const;
  for (const [given, outcome] of rows) assert.equal(said(given), outcome, JSON.stringify(given?.response.headers));
  assert.equal(said(at(60_000), doubleProvider.inquiry), 'not_found', 'it does not go by time');
});

test('what is found is found, whatever the clocks say', () => {
  const found: Outcome = { outcome: 'unknown', reason: 'odd' };
  assert.equal(believe(byTime, found, at(60_000)), found);
});

test('with other keys than it was sent with, nothing is proven absent', () => {
  const account = { id: 'a', provider: 'p', baseUrl: 'b', credentials: {}, settings: {} };
  const timing = { connectMs: 1, sendWithinMs: 1, exchangeMs: 1, propagationMs: 1 };
  const changed = { ...account, timing, keysChangedAt: 1_000_000 };
  assert.equal(areSameBooks({ ...account, timing }, 0), true);
  assert.equal(areSameBooks(changed, 999_999), false, 'before');
  assert.equal(areSameBooks(changed, 1_060_000), false, 'a process may still have used the former ones');
  assert.equal(areSameBooks(changed, 1_060_001), true);
});
