import assert from 'node:assert/strict';
import test from 'node:test';
import { changeCredentials, type Held, liveValuesOf, NOTHING_HELD } from './credentials.ts';
import { form } from './testKit.ts';

const NOW = 1000;
const HOUR_MS = 3_600_000;
const change = (held: Held, told: Record<string, string | null>, { now = NOW, overlapMs = HOUR_MS } = {}) =>
  changeCredentials(held, { form, told, now, overlapMs });
const first = change(NOTHING_HELD, { api_key: 'sk_1', webhook_secret: 'whsec_1' }) as Held;

test('what is told is held, and of it only when it was set is shown', () => {
  assert.deepEqual(first.sealed, { current: { api_key: 'sk_1', webhook_secret: 'whsec_1' }, former: {} });
  assert.deepEqual(first.shown['api_key'], { setAt: NOW, last4: null, formerUntil: null });
});

test('a rotation keeps the former one of what overlaps, for as long as was asked, and nothing else', () => {
  const rotated = change(first, { api_key: 'sk_2', webhook_secret: 'whsec_2' }, { now: 2000 }) as Held;
  assert.deepEqual(liveValuesOf(rotated.sealed, 2000), { api_key: ['sk_2'], webhook_secret: ['whsec_2', 'whsec_1'] });
  assert.equal(rotated.shown['webhook_secret']?.formerUntil, 2000 + HOUR_MS);
  assert.deepEqual(liveValuesOf(rotated.sealed, 2000 + HOUR_MS - 1)['webhook_secret'], ['whsec_2', 'whsec_1']);
  assert.deepEqual(liveValuesOf(rotated.sealed, 2000 + HOUR_MS)['webhook_secret'], ['whsec_2']);
});

test('the same again changes nothing, so that the former one stays', () => {
  const rotated = change(first, { webhook_secret: 'whsec_2' }) as Held;
  assert.equal(change(rotated, { webhook_secret: 'whsec_2' }), null);
  assert.equal(change(rotated, {}), null);
});

test('without an overlap the former one ends at once, also after the rotation', () => {
  const leaked = change(first, { webhook_secret: 'whsec_2' }, { overlapMs: 0 }) as Held;
  assert.deepEqual(liveValuesOf(leaked.sealed, NOW)['webhook_secret'], ['whsec_2']);
  const rotated = change(first, { webhook_secret: 'whsec_2' }) as Held;
  const ended = change(rotated, { webhook_secret: 'whsec_2' }, { overlapMs: 0 }) as Held;
  assert.deepEqual(liveValuesOf(ended.sealed, NOW)['webhook_secret'], ['whsec_2']);
  assert.equal(ended.shown['webhook_secret']?.formerUntil, null);
  assert.equal(change(ended, { webhook_secret: 'whsec_2' }, { overlapMs: 0 }), null);
});

test('one that is taken away is gone with its former one, and a new one has none before it', () => {
  const rotated = change(first, { webhook_secret: 'whsec_2' }) as Held;
  const gone = change(rotated, { webhook_secret: null }) as Held;
  assert.deepEqual(gone.sealed, { current: { api_key: 'sk_1' }, former: {} });
  assert.equal('webhook_secret' in gone.shown, false);
  assert.equal(change(gone, { webhook_secret: null }), null);
  const again = change(gone, { webhook_secret: 'whsec_3' }) as Held;
  assert.deepEqual(again.sealed.former, {});
});

test('the end of a long one is shown, never of a short one or one with blanks', () => {
  const endOf = (value: string) => change(NOTHING_HELD, { api_key: value })?.shown['api_key']?.last4;
  assert.equal(endOf(`sk_${'a'.repeat(17)}wxyz`), 'wxyz');
  assert.equal(endOf(`sk_${'a'.repeat(16)}wxyz`), null);
  assert.equal(endOf(`-----BEGIN KEY-----\n${'a'.repeat(40)}`), null);
});
