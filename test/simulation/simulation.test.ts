import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import test from 'node:test';
import { type Done, runSeeds } from './pool.ts';
import { REGRESSIONS } from './regressions.ts';
import { commandOf } from './report.ts';
import { run, runOptions } from './run.ts';

const FIXED_SEEDS = 500;
const FRESH_MS = process.env['CI'] === 'true' ? 60_000 : 5000;
const FRESH_FROM_MAX = 2 ** 31;
const SLACK_MS = 120_000;

for (const [name, { seed, was, bug }] of Object.entries(REGRESSIONS)) {
  test(`regression ${name}: ${was}`, async () => {
    const { violation } = await run(runOptions(seed));
    assert.equal(violation, null);
    const planted = await runSeeds({ first: seed, count: 1, forMs: Number.POSITIVE_INFINITY, changes: { bug } });
    assert.notEqual(planted, null, 'with the bug planted again, this seed no longer finds it: choose another');
  });
}

test(`${FIXED_SEEDS} fixed seeds`, { timeout: 2 * SLACK_MS }, async () => {
  assertNothing(await runSeeds({ first: 1, count: FIXED_SEEDS, forMs: Number.POSITIVE_INFINITY, changes: {} }));
});

test('fresh seeds', { timeout: FRESH_MS + SLACK_MS }, async (t) => {
  const first = randomInt(FRESH_FROM_MAX);
  t.diagnostic(`fresh seeds from ${first}`);
  assertNothing(await runSeeds({ first, count: FRESH_FROM_MAX, forMs: FRESH_MS, changes: {} }));
});

/** Or the command that shows it again. */
function assertNothing(found: Done | null): void {
  if (found === null) return;
  const { invariant, about, what } = found.violation ?? {};
  assert.fail(`${invariant} (${about}): ${what}\n  ${commandOf(runOptions(found.seed), undefined)}`);
}
