import type { Log } from '#core/kit/log.ts';

export type RepeatOptions = { name: string; everyMs: number; firstAfterMs?: number; log: Log };

/** Does something again and again, one at a time, until it is stopped. A failure is told and does not end it. */
export function repeat(work: () => Promise<unknown>, { name, everyMs, firstAfterMs = everyMs, log }: RepeatOptions) {
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  let timer = setTimeout(run, firstAfterMs);

  function run(): void {
    running = work()
      .catch((fault: unknown) => log.error(`${name} failed`, { fault }))
      .finally(() => {
        if (!stopped) timer = setTimeout(run, everyMs);
      });
  }

  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
