import { type RunOptions, type RunResult, run } from './run.ts';

/** Runs that shrinking may take: it is a help for a reader, and must end. */
const RUNS_MAX = 300;

export type Shrunk = { options: RunOptions; result: RunResult; runs: number };

/** The same violation with fewer payments, fewer kinds of faults, fewer single faults and fewer steps: greedily, each left out for good if it isn't missed. */
export async function shrink(options: RunOptions, result: RunResult): Promise<Shrunk> {
  const invariant = result.violation?.invariant;
  let best: Shrunk = { options, result, runs: 0 };
  let runs = 0;

  async function tryWith(changes: Partial<RunOptions>): Promise<boolean> {
    if (runs >= RUNS_MAX) return false;
    runs += 1;
    const smaller = { ...best.options, ...changes };
    const found = await run(smaller);
    if (found.violation?.invariant !== invariant) return false;
    best = { options: smaller, result: found, runs };
    return true;
  }

  await leaveOut(ordersOf(options), (only) => tryWith({ only }));
  await leaveOut(options.faults, (faults) => tryWith({ faults }));
  await leaveOut(best.result.happened, (kept) =>
    tryWith({ without: best.result.happened.filter((name) => !kept.includes(name)) }),
  );
  for (let steps = 0; steps < 6; steps += 1) if (await tryWith({ steps })) break;
  return { ...best, runs };
}

function ordersOf({ payments, only }: RunOptions): readonly number[] {
  return only ?? Array.from({ length: payments }, (_, index) => index + 1);
}

/** Halves first, then smaller parts, down to one by one. */
async function leaveOut<Item>(
  all: readonly Item[],
  isEnough: (kept: readonly Item[]) => Promise<boolean>,
): Promise<void> {
  let kept = all;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length; ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (rest.length > 0 && (await isEnough(rest))) kept = rest;
      else from += size;
    }
  }
}
