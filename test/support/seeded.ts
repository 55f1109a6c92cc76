import { randomInt } from 'node:crypto';

export type Dice = {
  next: () => number;
  between: (min: number, max: number) => number;
  pick: <Value>(values: readonly Value[]) => Value;
};

/** Mulberry32: enough chance for tests, the same for the same seed. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Whole numbers, both ends included. */
  function between(min: number, max: number): number {
    return min + Math.floor(next() * (max - min + 1));
  }

  function pick<Value>(values: readonly Value[]): Value {
    return values[between(0, values.length - 1)] as Value;
  }

  return { next, between, pick };
}

/** Runs with a new seed, or the one in FLORIN_TEST_SEED; a failure tells which. */
export async function withSeed(run: (dice: Dice, seed: number) => Promise<void>): Promise<void> {
  const seed = Number(process.env['FLORIN_TEST_SEED'] ?? randomInt(2 ** 31));
  try {
    await run(createDice(seed), seed);
  } catch (cause) {
    throw new Error(`with FLORIN_TEST_SEED=${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
