import { parseArgs } from 'node:util';
import { ALL_FAULTS, type FaultKind } from '../test/simulation/faultKinds.ts';
import { PLANTED_BUGS } from '../test/simulation/planted/bugs.ts';
import { type RunOptions, type RunResult, run, runOptions } from '../test/simulation/run.ts';
import { shrink } from '../test/simulation/shrink.ts';

const SEEDS_DEFAULT = 100;
const PLANTED_SEEDS_MAX = 2000;
const USAGE = `npm run simulate -- [--seed N | --seeds N | --seconds N] [--payments N] [--faults a,b | none] [--trace] [--planted]
  faults: ${ALL_FAULTS.join(', ')}`;

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    seconds: { type: 'string' },
    payments: { type: 'string' },
    faults: { type: 'string' },
    only: { type: 'string' },
    trace: { type: 'boolean' },
    planted: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

if (flags.help) console.log(USAGE);
else if (flags.planted) process.exitCode = await runPlanted();
else process.exitCode = await runSeeds();

/** Runs seeds until one shows a violation, which is then shrunk and told with the command that shows it again. */
async function runSeeds(): Promise<number> {
  const first = flags.seed === undefined ? Math.floor(Math.random() * 1e9) : numberOf('seed', flags.seed);
  const count =
    flags.seed !== undefined
      ? 1
      : flags.seconds !== undefined
        ? Number.POSITIVE_INFINITY
        : numberOf('seeds', flags.seeds ?? String(SEEDS_DEFAULT));
  const ends =
    performance.now() +
    (flags.seconds === undefined ? Number.POSITIVE_INFINITY : numberOf('seconds', flags.seconds) * 1000);
  const began = performance.now();
  let payments = 0;
  let seed = first;
  const progress = startProgress(() => `${seed - first} seeds from ${first}, ${payments} payments, no violation`);
  for (; seed < first + count && performance.now() < ends; seed += 1) {
    const options = runOptions(seed, changes());
    const result = await run(options);
    payments += result.payments;
    if (flags.trace) for (const line of result.trace) console.log(line);
    if (result.violation !== null) {
      progress.stop();
      await tell(options, result);
      return 1;
    }
  }
  progress.stop();
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `no violation: ${seed - first} seeds from ${first}, ${payments} payments, ${Math.round(payments / seconds)} payments/s`,
  );
  return 0;
}

async function tell(options: RunOptions, result: RunResult): Promise<void> {
  const { violation } = result;
  console.log(
    `\nVIOLATION with seed ${options.seed}: ${violation?.invariant}, ${violation?.about}: ${violation?.what}`,
  );
  const { options: smallest, result: shortest, runs } = await shrink(options, result);
  const only = smallest.only === null ? '' : ` --only ${smallest.only.join(',')}`;
  console.log(
    `shrunk in ${runs} runs to payments ${smallest.only?.join(', ') ?? 'all'}, faults ${smallest.faults.join(', ') || 'none'}`,
  );
  console.log(
    `the single faults that it takes: ${shortest.happened.filter((name) => !smallest.without.includes(name)).join(', ') || 'none'}`,
  );
  console.log(
    `  npm run simulate -- --seed ${options.seed}${only} --faults ${smallest.faults.join(',') || 'none'} --trace`,
  );
}

/** Each planted bug until it is found. One that isn't means that an invariant is missing. */
async function runPlanted(): Promise<number> {
  let missed = 0;
  console.log('bug | invariant | seeds | seconds');
  for (const [name, { plant }] of Object.entries(PLANTED_BUGS)) {
    const began = performance.now();
    let seed = 0;
    let found: RunResult['violation'] = null;
    while (found === null && seed < PLANTED_SEEDS_MAX) {
      seed += 1;
      found = (await run(runOptions(seed, { plant }))).violation;
    }
    if (found === null) missed += 1;
    console.log(
      `${name} | ${found?.invariant ?? 'NOT FOUND'} | ${seed} | ${((performance.now() - began) / 1000).toFixed(1)}`,
    );
  }
  return missed === 0 ? 0 : 1;
}

function changes(): Partial<RunOptions> {
  return {
    keepTrace: flags.trace === true,
    ...(flags.payments === undefined ? {} : { payments: numberOf('payments', flags.payments) }),
    ...(flags.only === undefined ? {} : { only: flags.only.split(',').map((text) => numberOf('only', text)) }),
    ...(flags.faults === undefined ? {} : { faults: faultsOf(flags.faults) }),
  };
}

function faultsOf(text: string): readonly FaultKind[] {
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const kind = ALL_FAULTS.find((known) => known === name);
    if (kind === undefined) throw new Error(`--faults: there is no "${name}"\n${USAGE}`);
    return kind;
  });
}

function numberOf(flag: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`--${flag} is "${text}"; expected a whole number\n${USAGE}`);
  return Number(text);
}

/** In place on a terminal, a line a minute otherwise. */
function startProgress(line: () => string) {
  const { isTTY } = process.stdout;
  const timer = setInterval(() => process.stdout.write(isTTY ? `\r${line()}` : `${line()}\n`), isTTY ? 500 : 60_000);
  return {
    stop: () => {
      clearInterval(timer);
      if (isTTY) process.stdout.write('\r');
    },
  };
}
