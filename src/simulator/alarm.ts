import type { Clock } from './model.ts';

/** Longer waits are cut in pieces: Node's timers end at 2^31 ms, and a clock may be set meanwhile. */
const WAIT_MAX_MS = 3_600_000;

/** One timer that rings at the earliest of the times it was set to. It may ring early: look at the clock. */
export function createAlarm(clock: Clock, ring: () => void) {
  let timer: NodeJS.Timeout | null = null;
  let at = Number.POSITIVE_INFINITY;
  let stopped = false;

  function set(due: number): void {
    if (stopped || due >= at) return;
    if (timer !== null) clearTimeout(timer);
    at = due;
    timer = setTimeout(fire, Math.min(Math.max(0, due - clock.now()), WAIT_MAX_MS));
  }

  function fire(): void {
    timer = null;
    at = Number.POSITIVE_INFINITY;
    ring();
  }

  function stop(): void {
    stopped = true;
    if (timer !== null) clearTimeout(timer);
  }

  return { set, stop };
}
