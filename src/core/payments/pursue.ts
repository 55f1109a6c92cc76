import type { Clock } from '#core/kit/world.ts';
import { type Histories, latest } from './history.ts';
import { nextDueAt, owed } from './owed.ts';
import type { Perform } from './perform.ts';

export type PursueDeps = { histories: Histories; perform: Perform; clock: Clock };

/** Performs what a payment owes now, from what its stream says; returns when it is next due, null for never. */
export function createPursue({ histories, perform, clock }: PursueDeps) {
  return async function pursue(id: string): Promise<number | null> {
    let history = await histories.load(id);
    const payment = latest(history);
    for (const due of payment === null ? [] : owed(payment)) {
      if (due.dueAt > clock.now()) continue;
      switch (due.step) {
        case 'time_out':
          history = await perform.change(history, { type: 'time_out', now: clock.now(), operation: due.operation });
          break;
        case 'inquire':
          history = await perform.inquire(history, due.operation);
          break;
      }
    }
    const now = latest(history);
    return now === null ? null : nextDueAt(now);
  };
}

export type Pursue = ReturnType<typeof createPursue>;
