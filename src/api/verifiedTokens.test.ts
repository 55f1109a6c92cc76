import assert from 'node:assert/strict';
import test from 'node:test';
import type { Caller } from './accessToken.ts';
import { createVerifiedTokens } from './verifiedTokens.ts';

const MINUTE_MS = 60_000;
const TOKENS_MAX = 10_000;

function setUp() {
  const world = { now: 1_000_000 };
  const tokens = createVerifiedTokens({ now: () => world.now });
  const callerOf = (subject: string): Caller => ({ subject, client: 'c', merchant: 'm', scopes: new Set() });
  const remember = (token: string, forMs: number) => tokens.remember(token, callerOf(token), world.now + forMs);
  return { world, remember, find: (token: string) => tokens.find(token)?.subject ?? null, count: tokens.count };
}

test('a token is known until it expires, and not a millisecond longer', () => {
  const { world, remember, find, count } = setUp();
  remember('a', 1000);
  world.now += 999;
  assert.equal(find('a'), 'a');
  world.now += 1;
  assert.equal(find('a'), null);
  assert.equal(count(), 0);
});

test('nor for longer than five minutes, however long it is good and often it is used: its key may be withdrawn', () => {
  const { world, remember, find } = setUp();
  remember('a', 100 * MINUTE_MS);
  for (let minute = 1; minute < 5; minute += 1) {
    world.now += MINUTE_MS;
    assert.equal(find('a'), 'a');
  }
  world.now += MINUTE_MS;
  assert.equal(find('a'), null);
});

test('one that has expired already is never used', () => {
  const { remember, find } = setUp();
  remember('a', -1);
  assert.equal(find('a'), null);
});

test('of too many, what was not used for longest is forgotten', () => {
  const { remember, find, count } = setUp();
  for (let n = 0; n < TOKENS_MAX; n += 1) remember(`t${n}`, MINUTE_MS);
  assert.equal(find('t0'), 't0');
  remember('one more', MINUTE_MS);
  assert.equal(count(), TOKENS_MAX);
  assert.deepEqual([find('t0'), find('t1'), find('t2'), find('one more')], ['t0', null, 't2', 'one more']);
});
