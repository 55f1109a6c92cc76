import { type RunOptions, type RunResult, run } from './run.ts';

/** Runs that shrinking may take: it is a help for a reader, and must end. */
const RUNS_MAX = 400;
const STEPS_MAX = 5;

export type Shrunk = { options: RunOptions; result: RunResult; runs: number };

/**
 * The same invariant broken by fewer payments, fewer kinds of faults, fewer single faults and fewer steps: greedily, each left out for good if it
 * isn't missed. What is left runs once more with its trace.
 */
export async function shrink(options: RunOptions, result: RunResult): Promise<Shrunk> {
  let best = options;
  let happened = result.happened;
  let runs = 0;

  async function breaksWith(changes: Partial<RunOptions>): Promise<boolean> {
    if (runs >= RUNS_MAX) return false;
    runs += 1;
    const smaller = { ...best, ...changes, keepTrace: false };
    const found = await run(smaller);
    if (found.violation?.invariant !== result.violation?.invariant) return false;
    best = smaller;
    happened = found.happened;
    return true;
  }

  await leaveOut(ordersOf(options), (only) => breaksWith({ only }));
  await leaveOut(options.faults, (faults) => breaksWith({ faults }));
  const { without } = best;
  const all = happened;
  await leaveOut(all, (kept) => breaksWith({ without: [...without, ...all.filter((name) => !kept.includes(name))] }));
  for (let steps = 0; steps < STEPS_MAX; steps += 1) if (await breaksWith({ steps })) break;
  const shown = { ...best, keepTrace: true };
  return { options: shown, result: await run(shown), runs };
}

function ordersOf({ payments, only }: RunOptions): readonly number[] {
  return only ?? Array.from({ length: payments }, (_, index) => index + 1);
}

/** Everything at once, then halves, then smaller parts, down to one by one. */
async function leaveOut<Item>(
  all: readonly Item[],
  isEnough: (kept: readonly Item[]) => Promise<boolean>,
): Promise<void> {
  let kept = all;
  if (kept.length > 0 && (await isEnough([]))) return;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length; ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (rest.length > 0 && (await isEnough(rest))) kept = rest;
      else from += size;
    }
  }
}
