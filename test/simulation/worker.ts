import { parentPort, workerData } from 'node:worker_threads';
import { plantEdit } from './planted/edits.ts';
import type { Done, Job } from './pool.ts';

// Before anything of the platform is imported.
plantEdit((workerData as { bug: string | undefined }).bug);
const { PLANTED_BUGS } = await import('./planted/bugs.ts');
const { run, runOptions } = await import('./run.ts');

parentPort?.on('message', ({ seed, changes: { bug, ...changes } }: Job) => {
  const plant = bug === undefined ? {} : (PLANTED_BUGS[bug]?.plant ?? {});
  void run(runOptions(seed, { ...changes, plant })).then(({ violation, payments }) => {
    const done: Done = { seed, violation, payments };
    parentPort?.postMessage(done);
  });
});
