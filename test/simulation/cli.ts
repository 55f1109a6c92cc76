import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ALL_FAULTS, FAULT_KINDS, type FaultKind } from './faultKinds.ts';
import { PLANTED_BUGS } from './planted/bugs.ts';
import { NOTHING_PLANTED, type Plant } from './planted/plant.ts';
import { runPlanted } from './plantedTable.ts';
import { type Changes, runSeeds } from './pool.ts';
import { startProgress } from './progress.ts';
import { describe } from './report.ts';
import { type RunOptions, run, runOptions } from './run.ts';
import { shrink } from './shrink.ts';

const SEEDS_USUAL = 100;
const SEED_MAX = 2 ** 31;
const USAGE = `npm run simulate -- [--seed N | --seeds N [--from N] | --seconds N [--from N]] [--payments N] [--faults a,b | none] [--trace]
npm run simulate -- --planted [--bug name]
  to look closer: --only 3,7 (payments), --steps N, --without 'crash@P3#1', --bug name
  faults:
${ALL_FAULTS.map((kind) => `    ${kind.padEnd(18)} ${FAULT_KINDS[kind].text}`).join('\n')}
  bugs: ${Object.keys(PLANTED_BUGS).join(', ')}`;

const TEXT = { type: 'string' } as const;
const SWITCH = { type: 'boolean' } as const;
const OPTIONS = {
  seed: TEXT,
  seeds: TEXT,
  seconds: TEXT,
  from: TEXT,
  payments: TEXT,
  only: TEXT,
  steps: TEXT,
  faults: TEXT,
  without: TEXT,
  bug: TEXT,
  trace: SWITCH,
  planted: SWITCH,
  help: SWITCH,
};

type Flags = ReturnType<typeof parse>;

/** Returns the exit code: 0 when nothing was found that must not be; with --planted, when everything was found. */
export async function simulate(args: readonly string[]): Promise<number> {
  try {
    const flags = parse(args);
    if (flags.help === true) {
      console.log(USAGE);
      return 0;
    }
    if (flags.planted === true) return await runPlanted(flags.bug ?? null);
    return flags.seed === undefined ? await runMany(flags) : await runOne(numberOf('seed', flags.seed), flags);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS }).values;
}

async function runOne(seed: number, flags: Flags): Promise<number> {
  const options = runOptions(seed, { ...changesOf(flags), plant: plantOf(flags.bug), keepTrace: flags.trace === true });
  const result = await run(options);
  for (const line of result.trace) console.log(line);
  console.log(`seed ${seed}: ${result.payments} payments, ${result.commits} commits, trace ${result.hash}`);
  if (result.violation === null) return 0;
  if (flags.trace !== true) await tell(options, flags.bug);
  return 1;
}

async function runMany(flags: Flags): Promise<number> {
  const isTimed = flags.seconds !== undefined;
  const first = flags.from === undefined ? randomInt(SEED_MAX) : numberOf('from', flags.from);
  const count = isTimed ? SEED_MAX : numberOf('seeds', flags.seeds ?? String(SEEDS_USUAL));
  const forMs = isTimed ? numberOf('seconds', flags.seconds ?? '') * 1000 : Number.POSITIVE_INFINITY;
  const changes = changesOf(flags);
  const progress = startProgress(first);
  const found = await runSeeds({ first, count, forMs, changes, onDone: progress.count });
  console.log(progress.stop());
  if (found === null) return 0;
  await tell(runOptions(found.seed, { ...changes, plant: plantOf(flags.bug) }), flags.bug);
  return 1;
}

async function tell(options: RunOptions, bug: string | undefined): Promise<void> {
  console.log('a violation; looking for the shortest trace of it …\n');
  console.log(describe(await shrink(options, await run(options)), bug));
}

function changesOf(flags: Flags): Changes {
  return {
    ...(flags.payments === undefined ? {} : { payments: numberOf('payments', flags.payments) }),
    ...(flags.only === undefined ? {} : { only: flags.only.split(',').map((text) => numberOf('only', text)) }),
    ...(flags.steps === undefined ? {} : { steps: numberOf('steps', flags.steps) }),
    ...(flags.faults === undefined ? {} : { faults: faultsOf(flags.faults) }),
    ...(flags.without === undefined ? {} : { without: flags.without.split(',') }),
    ...(flags.bug === undefined ? {} : { bug: flags.bug }),
  };
}

function plantOf(bug: string | undefined): Plant {
  if (bug === undefined) return NOTHING_PLANTED;
  const known = PLANTED_BUGS[bug];
  if (known === undefined) throw new Error(`--bug: there is no "${bug}"`);
  return known.plant;
}

function faultsOf(text: string): readonly FaultKind[] {
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const kind = ALL_FAULTS.find((known) => known === name);
    if (kind === undefined) throw new Error(`--faults: there is no "${name}"`);
    return kind;
  });
}

function numberOf(flag: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`--${flag} is "${text}"; expected a whole number`);
  return Number(text);
}
