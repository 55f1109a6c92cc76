import { availableParallelism } from 'node:os';
import type { MeasuredWithFloor } from './measure.ts';
import type { Options } from './options.ts';
import { type Figures, medianOf } from './rounds.ts';

const LOAD_MAX = 2.5;
/** The floor suffers more from other work than the platform does, so that a busy machine flatters the platform. */
const OTHER_CORES_MAX = 0.3;
const GOAL = { floorRatio: 0.35, cpuMicros: 330, perSecond: 3000, cores: 2, rssMb: 300, rssPayments: 200_000 };
const MB = 1_000_000;

type Verdict = 'reached' | 'not reached' | 'no verdict';

/** The figures of the plain payment beside the goals. `why` there is no verdict. */
export function describeGoals({ floor, rounds, payments }: MeasuredWithFloor, why: readonly string[]): string {
  const [least, platform] = [medianOf(floor), medianOf(rounds)];
  const ratio = platform.perSecond / least.perSecond;
  const micros = platform.serverMicros + platform.providerMicros;
  const rssMb = Math.max(...rounds.map(({ rssBytes }) => rssBytes)) / MB;
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
  ].join('\n');
}

export type DoubtsOptions = { options: Options; loadBefore: number; rounds: readonly Figures[]; isCounted: boolean };

/** Why figures say little. */
export function doubts({ options, loadBefore, rounds, isCounted }: DoubtsOptions): string[] {
  const { otherCores } = medianOf(rounds);
  return [
    ...(isCounted ? [] : ['the run does not count']),
    ...(loadBefore > LOAD_MAX ? [`the machine was busy before the run (load average above ${LOAD_MAX})`] : []),
    ...(otherCores > OTHER_CORES_MAX ? [`other work took ${otherCores.toFixed(2)} cores meanwhile`] : []),
    ...(options.profile ? ['profiling slows the server down'] : []),
  ];
}
