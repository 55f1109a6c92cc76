import { ALL_FAULTS } from './faultKinds.ts';
import { INVARIANTS } from './invariants/names.ts';
import { ACCOUNTS } from './provider/accounts.ts';
import type { RunOptions, RunResult } from './run.ts';
import { PAYMENTS_USUAL } from './run.ts';
import type { Shrunk } from './shrink.ts';

/** The end of a trace is where it went wrong; most traces that were shrunk are shorter than this. */
const LINES_MAX = 120;

const LEGEND = [
  'P3 is the third payment that merchants ask for, P3.2 the second thing that is asked of its provider;',
  `i1, i2, i3 are instances of the platform; ${ACCOUNTS.map(({ connected }) => connected.account.id).join(', ')} are accounts at providers.`,
  'Times are days and hours since the run began, in virtual time. Amounts are in minor units.',
  '"is now at version" is what the journal has stored: what the platform believes. Lines of a provider are what is so.',
];

/** What was found, the shortest trace of it that was found, and how to see all of it. */
export function describe({ options, result, runs }: Shrunk, bug: string | undefined): string {
  const { violation, trace } = result;
  const shown = trace.slice(-LINES_MAX);
  return [
    `VIOLATION with seed ${options.seed}: ${violation?.invariant} (${violation?.about}): ${violation?.what}`,
    `  what must hold: ${violation === null ? '' : INVARIANTS[violation.invariant]}`,
    `  shrunk in ${runs} runs: ${options.only === null ? `${options.payments} payments` : `payment ${options.only.join(', ')}`}; ${printFaults(result)}`,
    '',
    ...LEGEND.map((line) => `  ${line}`),
    '',
    ...(trace.length > shown.length ? [`  … ${trace.length - shown.length} lines before`] : []),
    ...shown.map((line) => `  ${line}`),
    '',
    `  ${commandOf(options, bug)}`,
  ].join('\n');
}

function printFaults({ happened }: RunResult): string {
  return happened.length === 0 ? 'no faults' : `faults ${happened.join(', ')}`;
}

/** The command that shows a run with its trace. */
export function commandOf(options: RunOptions, bug: string | undefined): string {
  const { seed, payments, only, steps, faults, without } = options;
  const flags = [
    `--seed ${seed}`,
    ...(only === null ? (payments === PAYMENTS_USUAL ? [] : [`--payments ${payments}`]) : [`--only ${only.join(',')}`]),
    ...(Number.isFinite(steps) ? [`--steps ${steps}`] : []),
    ...(faults.length === ALL_FAULTS.length ? [] : [`--faults ${faults.join(',') || 'none'}`]),
    ...(without.length === 0 ? [] : [`--without ${without.map((name) => `'${name}'`).join(',')}`]),
    ...(bug === undefined ? [] : [`--bug ${bug}`]),
  ];
  return `npm run simulate -- ${flags.join(' ')} --trace`;
}
