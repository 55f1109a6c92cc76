import { parseArgs } from 'node:util';

export type Options = {
  payments: number;
  /** Of all choices: the same seed makes the same payments. */
  seed: number;
  /** A platform that runs; null to look for one on this machine, and to start an own one when there is none. */
  url: string | null;
  own: boolean;
};

export const USAGE = `usage: npm run demo -- [--payments N] [--seed N] [--url http://127.0.0.1:8080 | --own]

  --payments N  how many (default 1000)
  --seed N      which ones (default 1)
  --url URL     a platform that runs on this machine
  --own         a platform of its own, in a folder that is deleted afterwards

Without --url and --own it takes the platform that runs on PORT (8080), and else one of its own.
It signs in as FLORIN_DATA (.florin) says.`;

const PAYMENTS_DEFAULT = 1000;
const PAYMENTS_MAX = 100_000;
const SEED_MAX = 2 ** 32 - 1;
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?\/?$/;

/** Throws an Error that says what is wrong in one sentence; null when help is asked for. */
export function readOptions(args: string[]): Options | null {
  const { values } = parseArgs({
    args,
    options: {
      payments: { type: 'string', default: String(PAYMENTS_DEFAULT) },
      seed: { type: 'string', default: '1' },
      url: { type: 'string' },
      own: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  if (values.own && values.url !== undefined) throw new Error('--url and --own exclude each other');
  if (values.url !== undefined && !LOOPBACK.test(values.url))
    throw new Error('--url must be http on a loopback address: the demo is no load for others');
  return {
    payments: count('payments', values.payments, PAYMENTS_MAX),
    seed: count('seed', values.seed, SEED_MAX),
    url: values.url?.replace(/\/$/, '') ?? null,
    own: values.own,
  };
}

function count(name: string, text: string, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw new Error(`--${name} must be a whole number from 1 to ${max}`);
  return value;
}
