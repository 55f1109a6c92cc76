import { parentPort } from 'node:worker_threads';
import { PLANTED_BUGS } from './planted/bugs.ts';
import { NOTHING_PLANTED } from './planted/plant.ts';
import type { Done, Job } from './pool.ts';
import { run, runOptions } from './run.ts';

parentPort?.on('message', ({ seed, changes: { bug, ...changes } }: Job) => {
  const plant = bug === undefined ? NOTHING_PLANTED : (PLANTED_BUGS[bug]?.plant ?? NOTHING_PLANTED);
  void run(runOptions(seed, { ...changes, plant })).then(({ violation, payments }) => {
    const done: Done = { seed, violation, payments };
    parentPort?.postMessage(done);
  });
});
