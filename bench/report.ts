import { availableParallelism } from 'node:os';
import { describeGoals, doubts } from './goals.ts';
import type { Measured, MeasuredWithFloor } from './measure.ts';
import type { Options } from './options.ts';
import type { ProfileSummary } from './profile.ts';
import { type Figures, medianOf } from './rounds.ts';
import { describeMix } from './workloads.ts';

export type Report = {
  options: Options;
  connections: number;
  /** Of the last minute before the run. */
  loadBefore: number;
  payments: MeasuredWithFloor | null;
  mix: Measured | null;
};

const MB = 1_000_000;
/** Two memory figures this close are the same. */
const LEVEL_SHARE = 0.05;
const TREND_LENGTH_MIN = 3;

export function report(run: Report): string {
  const { payments, mix } = run;
  const parts = [
    head(run),
    ...(payments === null ? [] : describePayments(run, payments)),
    ...(mix === null ? [] : describeMixed(run, mix)),
    ending(run),
  ];
  return `\n${parts.join('\n')}\n`;
}

/** Only if the books agree, of both workloads. */
export function isCounted(run: Report): boolean {
  return failuresOf(run).length === 0;
}

function head({ options, connections, loadBefore }: Report): string {
  const length = options.payments === null ? `${options.roundSeconds} s a round` : `${options.payments} payments`;
  return `${options.rounds} rounds, ${length}, ${connections} connections, ${options.tokens} tokens; Node ${process.version}, ${availableParallelism()} cores, load average before ${loadBefore.toFixed(2)}`;
}

function describePayments(run: Report, measured: MeasuredWithFloor): string[] {
  const { floor, rounds, plan, failures } = measured;
  const rows = [...plan.beforeBytes, ...plan.afterBytes];
  const why = doubts({ ...run, rounds: [...floor, ...rounds], isCounted: failures.length === 0 });
  return [
    '\nPAYMENTS: created, authorised and captured by one request',
    `the floor writes rows of ${plan.beforeBytes.join(' + ')} | ${plan.afterBytes.join(' + ')} bytes (${rows.length} rows) around a call of ${plan.callBytes} and a reply of ${plan.replyBytes} bytes\n`,
    table([
      ...rounds.flatMap((_, n) => [row(`floor ${n + 1}`, floor[n]), row(`platform ${n + 1}`, rounds[n])]),
      row('floor, median', medianOf(floor)),
      row('platform, median', medianOf(rounds)),
    ]),
    ...afterwards(measured),
    `\n${describeGoals(measured, why)}`,
  ];
}

function describeMixed(run: Report, measured: Measured): string[] {
  const { rounds, failures } = measured;
  const median = medianOf(rounds);
  const share = median.perSecond / median.operationsPerSecond;
  return [
    `\nMIX: ${describeMix()}\n`,
    table([...rounds.map((figures, n) => row(`mix ${n + 1}`, figures)), row('mix, median', median)]),
    `CPU of server + simulator, us: ${(median.serverMicros + median.providerMicros).toFixed(0)} a payment with all that follows it, ${((median.serverMicros + median.providerMicros) * share).toFixed(0)} an operation`,
    ...afterwards(measured),
    ...doubts({ ...run, rounds, isCounted: failures.length === 0 }).map((reason) => `in doubt: ${reason}`),
  ];
}

const COLUMNS = [
  '',
  'payments/s',
  'operations/s',
  'p50 ms',
  'p99 ms',
  'server us',
  'provider us',
  'sum us',
  'generator us',
  'RSS MB',
  'settle ms',
  'other cores',
];

function table(rows: readonly string[][]): string {
  return `${[COLUMNS, ...rows].map((cells) => cells.map((cell, n) => (n === 0 ? cell.padEnd(18) : cell.padStart((COLUMNS[n]?.length ?? 0) + 2))).join('')).join('\n')}\n`;
}

function row(name: string, figures: Figures | undefined): string[] {
  if (figures === undefined) return [name];
  const { serverMicros, providerMicros, generatorMicros, rssBytes, settleMs } = figures;
  const whole = [serverMicros, providerMicros, serverMicros + providerMicros, generatorMicros, rssBytes / MB, settleMs];
  return [
    name,
    figures.perSecond.toFixed(0),
    figures.operationsPerSecond.toFixed(0),
    figures.p50Ms.toFixed(1),
    figures.p99Ms.toFixed(1),
    ...whole.map((value) => value.toFixed(0)),
    figures.otherCores.toFixed(2),
  ];
}

/** What is left of a workload: memory, bytes, books. */
function afterwards(measured: Measured): string[] {
  const { disk, payments, verified, profile } = measured;
  return [
    memory(measured),
    `bytes on disk a payment: journal ${(disk.journal / payments).toFixed(0)}, derived ${(disk.derived / payments).toFixed(0)}`,
    ...(profile === null ? [] : [profileTable(profile)]),
    ...verified.map((line) => `verified  ${line}`),
  ];
}

function memory({ rounds, rssSeries, payments }: Measured): string {
  const ends = rounds.map(({ rssBytes }) => rssBytes);
  const series = rssSeries
    .map((sample) => `${sample.payments / 1000}k ${(sample.rssBytes / MB).toFixed(0)}`)
    .join(', ');
  return [
    `RSS of the server after each round, MB: ${ends.map((bytes) => (bytes / MB).toFixed(0)).join(', ')} (${trend(ends)}); ${payments} payments with the warm-up`,
    ...(series === ''
      ? []
      : [`RSS of the server under load, MB: ${series} (${trend(rssSeries.map(({ rssBytes }) => rssBytes))})`]),
  ].join('\n');
}

/** The second half against the first, since a heap grows in steps. */
function trend(series: readonly number[]): string {
  if (series.length < TREND_LENGTH_MIN) return 'too few to tell';
  const half = Math.floor(series.length / 2);
  const [first = Number.NaN, second = Number.NaN] = [series.slice(0, half), series.slice(-half)].map((part) =>
    Math.max(...part),
  );
  if (Math.abs(second / first - 1) <= LEVEL_SHARE) return 'level';
  return second > first ? 'rising' : 'falling';
}

function profileTable({ busyMs, modules, functions }: ProfileSummary): string {
  const lines = (shares: ProfileSummary['modules']) =>
    shares.map(({ name, share }) => `${(share * 100).toFixed(1).padStart(6)} %  ${name}`);
  return [
    `the server was busy for ${(busyMs / 1000).toFixed(1)} s; self time by module`,
    ...lines(modules),
    'and by function',
    ...lines(functions),
  ].join('\n');
}

function failuresOf({ payments, mix }: Report): string[] {
  return [
    ...(payments?.failures ?? []).map((failure) => `payments: ${failure}`),
    ...(mix?.failures ?? []).map((failure) => `mix: ${failure}`),
  ];
}

function ending(run: Report): string {
  const failures = failuresOf(run);
  if (failures.length > 0)
    return ['\nTHIS RUN DOES NOT COUNT:', ...failures.map((failure) => `  ${failure}`)].join('\n');
  const answered = (run.payments?.payments ?? 0) + (run.mix?.payments ?? 0);
  return `\nthis run counts: all ${answered} answered payments are in the journal with their amounts, and no others; index, ledger and the provider's books agree with it`;
}
