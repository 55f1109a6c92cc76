import { availableParallelism } from 'node:os';
import type { Options } from './options.ts';
import type { ProfileSummary } from './profile.ts';
import { type Figures, medianOf } from './rounds.ts';
import type { FloorPlan } from './rows.ts';

export type Report = {
  options: Options;
  connections: number;
  /** Of the last minute before the run. */
  loadBefore: number;
  figures: { floor: readonly Figures[]; platform: readonly Figures[] };
  plan: FloorPlan;
  rssSeries: readonly { payments: number; rssBytes: number }[];
  /** All that the platform answered, the warm-up included. */
  payments: number;
  disk: { journal: number; derived: number };
  /** Why the run does not count. */
  failures: readonly string[];
  profile: ProfileSummary | null;
};

const LOAD_MAX = 2.5;
/** The floor suffers more from other work than the platform does, so that a busy machine flatters the platform. */
const OTHER_CORES_MAX = 0.3;
const GOAL = { floorRatio: 0.35, cpuMicros: 330, perSecond: 3000, cores: 2, rssMb: 300, rssPayments: 200_000 };
const MB = 1_000_000;
/** Two memory figures this close are the same. */
const LEVEL_SHARE = 0.05;
const TREND_LENGTH_MIN = 3;

type Verdict = 'reached' | 'not reached' | 'no verdict';

export function report(run: Report): string {
  const parts = [
    head(run),
    table(run),
    memory(run),
    disk(run),
    goals(run),
    ...(run.profile === null ? [] : [profileTable(run.profile)]),
    ending(run),
  ];
  return `\n${parts.join('\n')}\n`;
}

function head({ options, connections, loadBefore, plan }: Report): string {
  const length = options.payments === null ? `${options.roundSeconds} s a round` : `${options.payments} payments`;
  const rows = [...plan.beforeBytes, ...plan.afterBytes];
  return [
    `${options.rounds} rounds, ${length}, ${connections} connections, ${options.tokens} tokens; Node ${process.version}, ${availableParallelism()} cores, load average before ${loadBefore.toFixed(2)}`,
    `the floor writes rows of ${plan.beforeBytes.join(' + ')} | ${plan.afterBytes.join(' + ')} bytes (${rows.length} rows) around a call of ${plan.callBytes} and a reply of ${plan.replyBytes} bytes`,
    '',
  ].join('\n');
}

const COLUMNS = [
  '',
  'payments/s',
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

function table({ figures }: Report): string {
  const rows = [
    COLUMNS,
    ...figures.platform.flatMap((_, n) => [
      row(`floor ${n + 1}`, figures.floor[n]),
      row(`platform ${n + 1}`, figures.platform[n]),
    ]),
  ];
  rows.push(row('floor, median', medianOf(figures.floor)), row('platform, median', medianOf(figures.platform)));
  return `${rows.map((cells) => cells.map((cell, n) => (n === 0 ? cell.padEnd(18) : cell.padStart((COLUMNS[n]?.length ?? 0) + 2))).join('')).join('\n')}\n`;
}

function row(name: string, figures: Figures | undefined): string[] {
  if (figures === undefined) return [name];
  const { perSecond, p50Ms, p99Ms, serverMicros, providerMicros, generatorMicros, rssBytes, settleMs, otherCores } =
    figures;
  const whole = [serverMicros, providerMicros, serverMicros + providerMicros, generatorMicros, rssBytes / MB, settleMs];
  return [
    name,
    perSecond.toFixed(0),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    ...whole.map((value) => value.toFixed(0)),
    otherCores.toFixed(2),
  ];
}

function memory({ figures, rssSeries, payments }: Report): string {
  const ends = figures.platform.map(({ rssBytes }) => rssBytes);
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

function disk({ disk: { journal, derived }, payments }: Report): string {
  return `bytes on disk a payment: journal ${(journal / payments).toFixed(0)}, derived ${(derived / payments).toFixed(0)}\n`;
}

function goals({ options, figures, loadBefore, payments, failures }: Report): string {
  const [floor, platform] = [medianOf(figures.floor), medianOf(figures.platform)];
  const ratio = platform.perSecond / floor.perSecond;
  const micros = platform.serverMicros + platform.providerMicros;
  const rssMb = Math.max(...figures.platform.map(({ rssBytes }) => rssBytes)) / MB;
  const why = doubts({ options, loadBefore, figures, failures });
  const verdict = (isReached: boolean, isTellable = true): Verdict =>
    why.length > 0 || !isTellable ? 'no verdict' : isReached ? 'reached' : 'not reached';
  const hasTheCores = availableParallelism() === GOAL.cores;
  const lines = [
    ['throughput, share of the floor', ratio.toFixed(2), `>= ${GOAL.floorRatio}`, verdict(ratio >= GOAL.floorRatio)],
    ['CPU of server + simulator, us', micros.toFixed(0), `< ${GOAL.cpuMicros}`, verdict(micros < GOAL.cpuMicros)],
    [
      'payments/s',
      platform.perSecond.toFixed(0),
      `>= ${GOAL.perSecond} on ${GOAL.cores} quiet cores`,
      verdict(platform.perSecond >= GOAL.perSecond, hasTheCores),
    ],
    [
      'RSS of the server, MB',
      rssMb.toFixed(0),
      `< ${GOAL.rssMb} after ${GOAL.rssPayments}`,
      verdict(rssMb < GOAL.rssMb, payments >= GOAL.rssPayments || rssMb >= GOAL.rssMb),
    ],
  ];
  return [
    ...lines.map(
      ([name = '', value = '', goal = '', said = '']) =>
        `${name.padEnd(32)}${value.padStart(8)}   goal ${goal.padEnd(24)} ${said}`,
    ),
    ...why.map((reason) => `no verdict: ${reason}`),
    '',
  ].join('\n');
}

/** Why the figures of this run say nothing about the goals. */
function doubts({
  options,
  loadBefore,
  figures,
  failures,
}: Pick<Report, 'options' | 'loadBefore' | 'figures' | 'failures'>): string[] {
  const { otherCores } = medianOf([...figures.floor, ...figures.platform]);
  return [
    ...(failures.length > 0 ? ['the run does not count'] : []),
    ...(loadBefore > LOAD_MAX ? [`the machine was busy before the run (load average above ${LOAD_MAX})`] : []),
    ...(otherCores > OTHER_CORES_MAX ? [`other work took ${otherCores.toFixed(2)} cores meanwhile`] : []),
    ...(options.profile ? ['profiling slows the server down'] : []),
  ];
}

function profileTable({ busyMs, modules, functions }: ProfileSummary): string {
  const lines = (shares: ProfileSummary['modules']) =>
    shares.map(({ name, share }) => `${(share * 100).toFixed(1).padStart(6)} %  ${name}`);
  return [
    `the server was busy for ${(busyMs / 1000).toFixed(1)} s; self time by module`,
    ...lines(modules),
    'and by function',
    ...lines(functions),
    '',
  ].join('\n');
}

function ending({ failures, payments }: Report): string {
  if (failures.length === 0)
    return `all ${payments} payments are in the journal, the index and the simulator's books, with their amounts, and no others`;
  return ['THIS RUN DOES NOT COUNT:', ...failures.map((failure) => `  ${failure}`)].join('\n');
}
