import type { Log } from '#core/kit/log.ts';
import type { Timers } from '#core/kit/world.ts';

export type RepeatOptions = { name: string; everyMs: number; firstAfterMs?: number; timers: Timers; log: Log };

/** Does something again and again, one at a time, until it is stopped. A failure is told and does not end it. */
export function repeat(
  work: () => Promise<unknown>,
  { name, everyMs, firstAfterMs = everyMs, timers, log }: RepeatOptions,
) {
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  let callOff = timers.after(firstAfterMs, run);

  function run(): void {
    running = work()
      .catch((fault: unknown) => log.error(`${name} failed`, { fault }))
      .finally(() => {
        if (!stopped) callOff = timers.after(everyMs, run);
      });
  }

  return {
    stop: async () => {
      stopped = true;
      callOff();
      await running;
    },
  };
}
