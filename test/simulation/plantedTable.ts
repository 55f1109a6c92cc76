import type { Violation } from './engine/violation.ts';
import { PLANTED_BUGS } from './planted/bugs.ts';
import { SOURCE_EDITS } from './planted/edits.ts';
import { runSeeds } from './pool.ts';
import { run, runOptions } from './run.ts';

const SEEDS_MAX = 2000;

export type Found = { violation: Violation; seeds: number };

/** Each planted bug until it is found, as a Markdown table. One that isn't means that an invariant is missing. Returns the exit code. */
export async function runPlanted(only: string | null): Promise<number> {
  console.log('| bug | what is wrong | found by | seeds | seconds |');
  console.log('|---|---|---|---|---|');
  let missed = 0;
  for (const [name, { wrong }] of Object.entries(PLANTED_BUGS)) {
    if (only !== null && name !== only) continue;
    const began = performance.now();
    const found = await findBug(name, SEEDS_MAX);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    if (found === null) missed += 1;
    const columns = [name, wrong, found?.violation.invariant ?? 'NOT FOUND', found?.seeds ?? SEEDS_MAX, seconds];
    console.log(`| ${columns.join(' | ')} |`);
  }
  console.log(missed === 0 ? '\nall were found' : `\n${missed} were not found`);
  return missed === 0 ? 0 : 1;
}

/** Seed by seed from the first; null when it was not found within so many. */
export async function findBug(bug: string, seedsMax: number): Promise<Found | null> {
  if (bug in SOURCE_EDITS) return await findEdit(bug, seedsMax);
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const { violation } = await run(runOptions(seed, { plant: PLANTED_BUGS[bug]?.plant ?? {} }));
    if (violation !== null) return { violation, seeds: seed };
  }
  return null;
}

/** The platform is loaded anew, with the edit. */
async function findEdit(bug: string, count: number): Promise<Found | null> {
  const options = { first: 1, count, forMs: Number.POSITIVE_INFINITY, changes: { bug }, threads: 1 };
  const found = await runSeeds(options);
  return found?.violation ? { violation: found.violation, seeds: found.seed } : null;
}
