import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Violation } from './engine/violation.ts';
import type { RunOptions } from './run.ts';

/** What may differ from a usual run; the planted bug by its name, since a function can't be sent to another thread. */
export type Changes = Partial<Omit<RunOptions, 'plant' | 'keepTrace' | 'seed'>> & { bug?: string };
export type Job = { seed: number; changes: Changes };
export type Done = { seed: number; violation: Violation | null; payments: number };

export type SeedsOptions = {
  first: number;
  count: number;
  /** Milliseconds; no seed is begun after that. */
  forMs: number;
  changes: Changes;
  /** As many as there are cores, if it isn't said. */
  threads?: number;
  onDone?: (done: Done) => void;
};

/** Runs seeds on all cores, each run on one thread, until there are no more or one shows a violation: the first of those, by seed, is returned. */
export async function runSeeds({ first, count, forMs, changes, threads, onDone }: SeedsOptions): Promise<Done | null> {
  const ends = performance.now() + forMs;
  let next = first;
  let found: Done | null = null;

  function take(): Job | null {
    if (found !== null || next >= first + count || performance.now() >= ends) return null;
    next += 1;
    return { seed: next - 1, changes };
  }

  function finish(done: Done): void {
    onDone?.(done);
    if (done.violation !== null && (found === null || done.seed < found.seed)) found = done;
  }

  const length = Math.min(threads ?? availableParallelism(), count);
  await Promise.all(Array.from({ length }, () => work(changes.bug, take, finish)));
  return found;
}

/** One thread: a job at a time, until none is left. */
function work(bug: string | undefined, take: () => Job | null, finish: (done: Done) => void): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { bug },
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  return new Promise((resolve, reject) => {
    const goOn = () => {
      const job = take();
      if (job === null) void worker.terminate().then(() => resolve());
      else worker.postMessage(job);
    };
    worker.on('error', reject);
    worker.on('message', (done: Done) => {
      finish(done);
      goOn();
    });
    goOn();
  });
}
