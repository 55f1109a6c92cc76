import { parseArgs } from 'node:util';
import type { Workload } from './workloads.ts';

export type Options = {
  workloads: readonly Workload[];
  /** Measured payments of all rounds of a workload together; null when a round ends by time. */
  payments: number | null;
  roundSeconds: number;
  rounds: number;
  tokens: number;
  /** Takes a CPU profile of the server, which costs it some speed. */
  profile: boolean;
};

export const USAGE =
  'usage: npm run bench -- [--workload payments|mix|both] [--payments N | --seconds S] [--rounds R] [--tokens M] [--profile]';

const ROUND_SECONDS_DEFAULT = 6;
const ROUNDS_DEFAULT = 3;
const TOKENS_DEFAULT = 8;
const PAYMENTS_MAX = 2_000_000;
const ROUND_SECONDS_MAX = 600;
const ROUNDS_MAX = 50;
const TOKENS_MAX = 1000;
const WORKLOADS: ReadonlyMap<string, readonly Workload[]> = new Map([
  ['payments', ['payments']],
  ['mix', ['mix']],
  ['both', ['payments', 'mix']],
]);

/** Throws an Error that says what is wrong in one sentence. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      workload: { type: 'string', default: 'both' },
      payments: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      tokens: { type: 'string' },
      profile: { type: 'boolean' },
    },
  });
  if (values.payments !== undefined && values.seconds !== undefined) {
    throw new Error('--payments and --seconds exclude each other: a round ends by one of them');
  }
  const workloads = WORKLOADS.get(values.workload);
  if (workloads === undefined) throw new Error('--workload must be payments, mix or both');
  return {
    workloads,
    payments: values.payments === undefined ? null : count('payments', values.payments, PAYMENTS_MAX),
    roundSeconds: count('seconds', values.seconds ?? String(ROUND_SECONDS_DEFAULT), ROUND_SECONDS_MAX),
    rounds: count('rounds', values.rounds ?? String(ROUNDS_DEFAULT), ROUNDS_MAX),
    tokens: count('tokens', values.tokens ?? String(TOKENS_DEFAULT), TOKENS_MAX),
    profile: values.profile ?? false,
  };
}

function count(name: string, text: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw new Error(`--${name} must be a whole number from 1 to ${max}`);
  return value;
}
