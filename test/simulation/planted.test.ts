import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { PLANTED_BUGS } from './planted/bugs.ts';
import { findBug } from './plantedTable.ts';
import { REGRESSIONS } from './regressions.ts';
import { describe } from './report.ts';
import { run, runOptions } from './run.ts';
import { shrink } from './shrink.ts';

/** `npm run simulate -- --planted` gives each 2,000. */
const SEEDS_MAX = 150;
const BUGS_MIN = 25;

const REGRESSED = new Set(Object.values(REGRESSIONS).map(({ bug }) => bug));

// Those of a regression are found by its seed (simulation.test.ts).
for (const [name, { wrong }] of Object.entries(PLANTED_BUGS).filter(([bug]) => !REGRESSED.has(bug))) {
  test(`finds ${name}: ${wrong}`, { timeout: 120_000 }, async () => {
    assert.notEqual(await findBug(name, SEEDS_MAX), null, `not within ${SEEDS_MAX} seeds: an invariant is missing`);
  });
}

test('the README shows them all', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const shown = [...readme.matchAll(/^\| `(\w+)` +\| \w+ +\| +\d+ \|$/gm)].map(([, name]) => name);
  assert.deepEqual(shown, Object.keys(PLANTED_BUGS), 'npm run simulate -- --planted prints the table');
});

test('there are bugs enough', () => assert.ok(Object.keys(PLANTED_BUGS).length >= BUGS_MIN));

test('what is found is told by its shortest trace, with the command that shows it again', {
  timeout: 120_000,
}, async () => {
  const plant = PLANTED_BUGS['reversal_dropped']?.plant ?? {};
  const seed = (await findBug('reversal_dropped', SEEDS_MAX))?.seeds ?? 0;
  const options = runOptions(seed, { plant });
  const result = await run(options);
  const shrunk = await shrink(options, result);
  assert.equal(shrunk.result.violation?.invariant, result.violation?.invariant);
  assert.deepEqual([shrunk.options.only?.length, shrunk.result.happened.length], [1, 1]);
  assert.ok(shrunk.result.trace.length < 60, `${shrunk.result.trace.length} lines`);
  const told = describe(shrunk, 'reversal_dropped');
  assert.match(told, /^VIOLATION with seed \d+: books \(P\d+\.\d\): /);
  assert.match(
    told,
    /npm run simulate -- --seed \d+ --only \d+ (--steps \d )?--faults [a-z_]+ --bug reversal_dropped --trace$/,
  );
});
