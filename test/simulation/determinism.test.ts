import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { run, runOptions } from './run.ts';

const SEEDS = [7, 8, 9] as const;
const PRINT_HASHES = `
  const { run, runOptions } = await import(process.argv[1]);
  const hashes = [];
  for (const seed of process.argv[2].split(',')) hashes.push((await run(runOptions(Number(seed)))).hash);
  console.log(hashes.join(' '));`;

async function hashes(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const seed of SEEDS) found.push((await run(runOptions(seed))).hash);
  return found;
}

/** As on another machine: another time zone, another language, other memory, slower code. */
function hashesElsewhere(): readonly string[] {
  const file = new URL('./run.ts', import.meta.url).href;
  const flags = ['--max-semi-space-size=1', '--max-lazy', '--no-opt', '--input-type=module', '--eval', PRINT_HASHES];
  const env = { ...process.env, TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', NODE_OPTIONS: '' };
  return execFileSync(process.execPath, [...flags, file, SEEDS.join(',')], { env, encoding: 'utf8' })
    .trim()
    .split(' ');
}

test('a run is decided by its seed alone', { timeout: 120_000 }, async () => {
  const once = await hashes();
  assert.equal(new Set(once).size, SEEDS.length, 'each seed is another run');
  assert.deepEqual(await hashes(), once);
  assert.deepEqual(hashesElsewhere(), once);
});

test('to keep a trace changes nothing, nor does what is left out and would not have happened', async () => {
  const [seed] = SEEDS;
  const { hash } = await run(runOptions(seed));
  assert.equal((await run(runOptions(seed, { keepTrace: true }))).hash, hash);
  assert.equal((await run(runOptions(seed, { without: ['crash@nobody#1'] }))).hash, hash);
});
