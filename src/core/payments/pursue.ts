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
    for (const { step, operation, dueAt } of payment === null ? [] : owed(payment)) {
      if (dueAt > clock.now()) continue;
      if (step === 'inquire') {
        history = await perform.inquire(history, operation);
        continue;
      }
      const changed = await perform.change(history, { type: 'pursue', step, operation });
      if (changed.ok) history = changed.value;
    }
    const now = latest(history);
    return now === null ? null : nextDueAt(now);
  };
}

export type Pursue = ReturnType<typeof createPursue>;
