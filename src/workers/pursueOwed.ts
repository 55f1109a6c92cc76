import type { Log } from '#core/kit/log.ts';
import type { Clock, Timers } from '#core/kit/world.ts';
import { isUnreadable } from '#core/payments/parking.ts';
import type { Schedule } from '#core/payments/ports.ts';
import type { Pursue, Pursued } from '#core/payments/pursue.ts';
import { repeat } from './repeat.ts';

const LOOK_EVERY_MS = 250;
const AT_ONCE_MAX = 32;
/** A payment that is due and could not be moved is tried again after this. */
const RETRY_MS = 5000;
/** One that this version can't read is parked: an operator sees it, and only another version can move it. */
const UNREADABLE_RETRY_MS = 60 * 60 * 1000;

export type PursueOwedDeps = { schedule: Schedule; pursue: Pursue; clock: Clock; timers: Timers; log: Log };

/** Performs what payments owe when it is due. A payment is pursued by one call at a time; its next time comes from the feed. */
export function createPursueOwed({ schedule, pursue, clock, timers, log }: PursueOwedDeps) {
  async function look(): Promise<void> {
    const ids = await schedule.due(clock.now(), AT_ONCE_MAX);
    await Promise.all(ids.map(pursueOne));
  }

  async function pursueOne(id: string): Promise<void> {
    // Moved away first: the schedule follows the feed, and must not offer this payment again before the feed has come that far.
    await schedule.postpone(id, clock.now() + RETRY_MS);
    try {
      const pursued = await pursue(id);
      // One that is still due could not be moved, and waits.
      if (pursued !== null && !isDue(pursued)) await schedule.correct(id, pursued.version, pursued.dueAt);
    } catch (fault) {
      if (isUnreadable(fault)) await schedule.postpone(id, clock.now() + UNREADABLE_RETRY_MS);
      log.error('a payment could not be pursued', { payment: id, fault });
    }
  }

  function isDue({ dueAt }: Pursued): boolean {
    return dueAt !== null && dueAt <= clock.now();
  }

  return repeat(look, { name: 'looking for what is due', everyMs: LOOK_EVERY_MS, timers, log });
}
