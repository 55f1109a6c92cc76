import assert from 'node:assert/strict';
import test from 'node:test';
import { PLANTED_BUGS } from './planted/bugs.ts';
import { REGRESSIONS } from './regressions.ts';
import { type RunResult, run, runOptions } from './run.ts';
import { shrink } from './shrink.ts';

const FIXED_SEEDS = 500;
const FRESH_MS = process.env['CI'] === 'true' ? 60_000 : 5000;
const PLANTED_SEEDS_MAX = 120;

/** The command that shows it again. */
function told(seed: number, { violation }: RunResult): string {
  return `seed ${seed}: ${violation?.invariant} ${violation?.about}: ${violation?.what}\n  npm run simulate -- --seed ${seed} --trace`;
}

test('a run is decided by its seed alone', async () => {
  const [one, again, other] = [await run(runOptions(7)), await run(runOptions(7)), await run(runOptions(8))];
  assert.equal(again.hash, one.hash);
  assert.notEqual(other.hash, one.hash);
  // On any machine: a change of this hash is a change of behaviour, and belongs into the commit that makes it.
  assert.match(one.hash, /^[\w-]{43,64}$/);
});

for (const [name, { seed, was }] of Object.entries(REGRESSIONS)) {
  test(`regression ${name}: ${was}`, async () => {
    const result = await run(runOptions(seed));
    assert.equal(result.violation, null, told(seed, result));
  });
}

test(`${FIXED_SEEDS} fixed seeds, all faults`, { timeout: 240_000 }, async () => {
  for (let seed = 1; seed <= FIXED_SEEDS; seed += 1) {
    const result = await run(runOptions(seed));
    assert.equal(result.violation, null, told(seed, result));
  }
});

test('fresh seeds', { timeout: FRESH_MS + 30_000 }, async (t) => {
  const first = 1_000_000 + Math.floor(Math.random() * 1_000_000_000);
  t.diagnostic(`fresh seeds from ${first}`);
  const ends = performance.now() + FRESH_MS;
  for (let seed = first; performance.now() < ends; seed += 1) {
    const result = await run(runOptions(seed));
    assert.equal(result.violation, null, told(seed, result));
  }
});

for (const [name, { wrong, plant }] of Object.entries(PLANTED_BUGS)) {
  test(`finds the planted bug ${name}: ${wrong}`, { timeout: 60_000 }, async () => {
    for (let seed = 1; seed <= PLANTED_SEEDS_MAX; seed += 1) {
      if ((await run(runOptions(seed, { plant }))).violation !== null) return;
    }
    assert.fail(`not found within ${PLANTED_SEEDS_MAX} seeds: an invariant is missing`);
  });
}

test('a violation is shrunk to what it takes', { timeout: 60_000 }, async () => {
  const planted = PLANTED_BUGS['reversal_dropped'];
  assert.ok(planted);
  const options = runOptions(1, { plant: planted.plant });
  const result = await run(options);
  const shrunk = await shrink(options, result);
  assert.equal(shrunk.result.violation?.invariant, result.violation?.invariant);
  assert.ok((shrunk.options.only?.length ?? 40) <= 3, 'three payments at most are left');
});
