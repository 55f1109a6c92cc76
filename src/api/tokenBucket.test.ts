import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Bucket, takeToken } from './tokenBucket.ts';

const policy = { name: 'writes', perSecond: 10, burst: 20 };

/** How many of the requests at these times are allowed. */
function run(times: readonly number[], { perSecond, burst } = policy): number {
  let bucket: Bucket | undefined;
  let allowed = 0;
  for (const now of times) {
    const taken = takeToken(bucket, { name: 'x', perSecond, burst }, now);
    bucket = taken.bucket;
    allowed += Number(taken.allowed);
  }
  return allowed;
}

test('a burst passes at once, and then one in a hundred milliseconds', () => {
  assert.equal(run(Array.from({ length: 30 }, () => 0)), 20);
  assert.equal(run(Array.from({ length: 1000 }, (_, n) => n * 10)), 20 + 99);
});

test('it says what is left, when to come again, and when all is as before', () => {
  const first = takeToken(undefined, policy, 5000);
  assert.deepEqual(first, { bucket: { tokens: 19, at: 5000 }, allowed: true, remaining: 19, waitMs: 0, fullMs: 100 });
  const last = takeToken({ tokens: 1, at: 5000 }, policy, 5000);
  assert.deepEqual([last.allowed, last.remaining, last.waitMs, last.fullMs], [true, 0, 100, 2000]);
  const refused = takeToken({ tokens: 0.25, at: 5000 }, policy, 5000);
  assert.deepEqual([refused.allowed, refused.bucket.tokens, refused.waitMs], [false, 0.25, 75]);
  assert.equal(takeToken(refused.bucket, policy, 5075).allowed, true);
  assert.equal(takeToken(refused.bucket, policy, 5074).allowed, false);
});

test('an idle bucket holds no more than a burst, and a clock that stands still fills none', () => {
  assert.equal(takeToken({ tokens: 0, at: 0 }, policy, 1e9).remaining, 19);
  assert.equal(takeToken({ tokens: 0, at: 1000 }, policy, 0).allowed, false);
});

test('in no stretch of time do more pass than a burst and the rate allow, and who keeps the rate is never refused', () => {
  const times = fc.array(fc.nat(5000), { minLength: 1, maxLength: 300 }).map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 50 }), (all, perSecond, burst) => {
      const stretch = (all.at(-1) ?? 0) - (all[0] ?? 0);
      const allowed = run(all, { ...policy, perSecond, burst });
      assert.ok(allowed <= burst + (stretch * perSecond) / 1000 + 0.01);
      const steady = Array.from({ length: 100 }, (_, n) => Math.ceil((n * 1000) / perSecond));
      // Whole milliseconds are a little early at times: that takes one more.
      assert.equal(run(steady, { ...policy, perSecond, burst: burst + 1 }), 100);
    }),
  );
});
