import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BugError } from '#core/kit/assert.ts';
import { allocate, divideShowingRemainder } from '#core/money/allocate.ts';

const amounts = fc.oneof(fc.bigInt({ min: -50n, max: 50n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }));
const weight = fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.bigInt({ min: 0n, max: 2n ** 63n }));
const weightLists = fc
  .array(weight, { minLength: 1, maxLength: 12 })
  .filter((weights) => weights.some((each) => each > 0n));

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

const table: readonly [string, bigint, bigint[], bigint[], bigint][] = [
  ['ties go to the first', 100n, [1n, 1n, 1n], [34n, 33n, 33n], 1n],
  ['a negative amount as its opposite', -100n, [1n, 1n, 1n], [-34n, -33n, -33n], -1n],
  ['the largest remainder before the first', 10n, [1n, 2n], [3n, 7n], 1n],
  ['two units go to two parts', 101n, [1n, 1n, 1n], [34n, 34n, 33n], 2n],
  ['an even split shows no remainder', 99n, [1n, 1n, 1n], [33n, 33n, 33n], 0n],
  ['a weight of zero gets nothing', 5n, [0n, 1n, 0n, 1n], [0n, 3n, 0n, 2n], 1n],
  ['less than a unit each', 2n, [1n, 1n, 1n], [1n, 1n, 0n], 2n],
  ['one part takes all', 7n, [3n], [7n], 0n],
  ['nothing to split', 0n, [1n, 2n], [0n, 0n], 0n],
];

for (const [name, amountMinor, weights, parts, remainderMinor] of table) {
  test(`allocate: ${name}`, () => {
    assert.deepEqual(allocate(amountMinor, weights), { parts, remainderMinor });
  });
}

test('as the amount grows by one, a part may shrink by one: running totals are not to be allocated', () => {
  const weights = [15n, 15n, 9n, 5n, 5n, 2n];
  assert.deepEqual(allocate(25n, weights).parts, [7n, 7n, 4n, 3n, 3n, 1n]);
  assert.deepEqual(allocate(26n, weights).parts, [8n, 8n, 5n, 2n, 2n, 1n]);
});

test('the parts are as many as the weights and add up to the amount exactly', () => {
  fc.assert(
    fc.property(amounts, weightLists, (amountMinor, weights) => {
      const { parts } = allocate(amountMinor, weights);
      assert.equal(parts.length, weights.length);
      assert.equal(sum(parts), amountMinor);
    }),
  );
});

test('no part is a whole unit off its exact share; a whole share, zero included, is given exactly', () => {
  fc.assert(
    fc.property(amounts, weightLists, (amountMinor, weights) => {
      const total = sum(weights);
      allocate(amountMinor, weights).parts.forEach((part, index) => {
        const exactTimesTotal = amountMinor * (weights[index] ?? 0n);
        assert.ok(abs(part * total - exactTimesTotal) < total);
        if (exactTimesTotal % total === 0n) assert.equal(part, exactTimesTotal / total);
      });
    }),
  );
});

test('a negative amount is split as its opposite is', () => {
  fc.assert(
    fc.property(amounts, weightLists, (amountMinor, weights) => {
      const [given, opposite] = [allocate(amountMinor, weights), allocate(-amountMinor, weights)];
      assert.deepEqual(
        opposite.parts,
        given.parts.map((part) => -part),
      );
      assert.equal(opposite.remainderMinor, -given.remainderMinor);
    }),
  );
});

test('order: the heavier weight never gets less, and of equal weights the earlier never gets less', () => {
  fc.assert(
    fc.property(amounts, weightLists, (amountMinor, weights) => {
      const sizes = allocate(amountMinor, weights).parts.map(abs);
      for (const [earlier, first] of sizes.entries()) {
        for (const [later, second] of sizes.entries()) {
          const [left, right] = [weights[earlier] ?? 0n, weights[later] ?? 0n];
          if (left > right || (left === right && earlier < later)) assert.ok(first >= second);
        }
      }
    }),
  );
});

test('the remainder is what the cut toward zero leaves: fewer units than parts, with the sign of the amount', () => {
  fc.assert(
    fc.property(amounts, weightLists, (amountMinor, weights) => {
      const total = sum(weights);
      const { remainderMinor } = allocate(amountMinor, weights);
      assert.equal(remainderMinor, amountMinor - sum(weights.map((each) => (amountMinor * each) / total)));
      assert.ok(abs(remainderMinor) < BigInt(weights.length));
      assert.ok(remainderMinor === 0n || remainderMinor < 0n === amountMinor < 0n);
    }),
  );
});

test('only proportions count: weights times a factor split alike', () => {
  fc.assert(
    fc.property(amounts, weightLists, fc.bigInt({ min: 1n, max: 1000n }), (amountMinor, weights, factor) => {
      assert.deepEqual(
        allocate(
          amountMinor,
          weights.map((each) => each * factor),
        ),
        allocate(amountMinor, weights),
      );
    }),
  );
});

test('weights that can split nothing are a bug', () => {
  for (const weights of [[], [0n], [0n, 0n], [-1n], [2n, -1n]]) assert.throws(() => allocate(100n, weights), BugError);
});

test('divideShowingRemainder loses nothing', () => {
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: 1n, max: 2n ** 63n }), (dividend, divisor) => {
      const { quotient, remainder } = divideShowingRemainder(dividend, divisor);
      assert.equal(quotient * divisor + remainder, dividend);
      assert.ok(abs(remainder) < divisor);
      assert.ok(remainder === 0n || remainder < 0n === dividend < 0n);
    }),
  );
});

test('divideShowingRemainder: a fee, its refund, a conversion between exponents', () => {
  assert.deepEqual(divideShowingRemainder(1999n * 29n, 1000n), { quotient: 57n, remainder: 971n });
  assert.deepEqual(divideShowingRemainder(-1999n * 29n, 1000n), { quotient: -57n, remainder: -971n });
  assert.deepEqual(divideShowingRemainder(1999n * 16325n, 100n * 100n), { quotient: 3263n, remainder: 3675n });
});

test('a divisor that is not positive is a bug', () => {
  for (const divisor of [0n, -1n]) assert.throws(() => divideShowingRemainder(1n, divisor), BugError);
});
