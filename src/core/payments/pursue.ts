import type { Clock } from '#core/kit/world.ts';
import { type Histories, type History, latest } from './history.ts';
import { nextDueAt, type Owed, owed } from './owed.ts';
import type { Perform } from './perform.ts';

/** `dueAt`: milliseconds since the epoch; null: it owes nothing. */
export type Pursued = { version: number; dueAt: number | null };

export type PursueDeps = { histories: Histories; perform: Perform; clock: Clock };

/**
 * Performs what a payment owes now, from what its stream says; returns when it is next due as of which version, null for no such payment. A step that fails doesn't keep
 * the others from being tried; the first failure is thrown in the end.
 */
export function createPursue({ histories, perform, clock }: PursueDeps) {
  return async function pursue(id: string): Promise<Pursued | null> {
    let history = await histories.load(id);
    const payment = latest(history);
    const failures: unknown[] = [];
    for (const due of payment === null ? [] : owed(payment)) {
      if (due.dueAt > clock.now()) continue;
      try {
        history = await step(history, due);
      } catch (fault) {
        failures.push(fault);
      }
    }
    if (failures.length > 0) throw failures[0];
    const now = latest(history);
    return now === null ? null : { version: now.version, dueAt: nextDueAt(now) };
  };

  async function step(history: History, { step: name, operation }: Owed): Promise<History> {
    if (name === 'inquire') return await perform.inquire(history, operation, { scheduled: true });
    const changed = await perform.change(history, { type: 'pursue', step: name, operation });
    return changed.ok ? changed.value : history;
  }
}

export type Pursue = ReturnType<typeof createPursue>;
