import { assert } from '#core/kit/assert.ts';

/** Division is the one place where money can get lost, so nothing here rounds in silence: every result adds up to what went in. */

export type Allocation = {
  /** One part a weight, in their order; together exactly the amount. */
  parts: readonly bigint[];
  /** The units that did not divide evenly, with the sign of the amount. They are in `parts` already: shown, not owed. */
  remainderMinor: bigint;
};

/**
 * Splits an amount in proportion to weights: a fee over the lines of a payment, a capture over its sellers.
 *
 *   allocate(100n, [1n, 1n, 1n]) -> { parts: [34n, 33n, 33n], remainderMinor: 1n }
 *
 * Each part is its exact share cut toward zero; the units left over go one each to the parts that lost most by the cut, of equals to
 * the first (largest remainder, Hamilton's method). So no part is a whole unit off its exact share, a share that is whole stays as it
 * is, a weight of zero gets nothing, and a negative amount is split as its opposite is: a full refund undoes a payment to the unit.
 *
 * Allocate each partial capture or refund by itself. Never allocate a running total and post the difference to the last time: as
 * the amount grows by one, a part may shrink by one (the Alabama paradox).
 *
 * Weights are whole, none is negative, and one at least is positive: anything else is a bug.
 */
export function allocate(amountMinor: bigint, weights: readonly bigint[]): Allocation {
  const weightSum = sum(weights);
  assert(weights.every((weight) => weight >= 0n) && weightSum > 0n, 'weights are not negative, and one is positive');
  const shares = weights.map((weight) => divideShowingRemainder(amountMinor * weight, weightSum));
  const remainderMinor = amountMinor - sum(shares.map((share) => share.quotient));
  const unit = amountMinor < 0n ? -1n : 1n;

  // The remainder is less than one unit a part, so its size is a small number; the sort is stable, so of equals the first comes first.
  const receivers = new Set(
    shares
      .map((share, index) => ({ index, lost: share.remainder * unit }))
      .sort((left, right) => (left.lost === right.lost ? 0 : left.lost > right.lost ? -1 : 1))
      .slice(0, Number(remainderMinor * unit))
      .map(({ index }) => index),
  );
  return {
    parts: shares.map((share, index) => (receivers.has(index) ? share.quotient + unit : share.quotient)),
    remainderMinor,
  };
}

/**
 * Divides toward zero and gives back what is left: quotient × divisor + remainder is the dividend, and the remainder has its sign.
 * For a fee of 2.9 %: divideShowingRemainder(amountMinor * 29n, 1000n). For a conversion: the rate as a fraction, which also has to
 * bridge the two exponents (EUR to JPY at 163.25: 16325n over 100n × 100n). Whether a remainder rounds up is for the caller to say.
 */
export function divideShowingRemainder(dividend: bigint, divisor: bigint): { quotient: bigint; remainder: bigint } {
  assert(divisor > 0n, 'the divisor is positive');
  return { quotient: dividend / divisor, remainder: dividend % divisor };
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
