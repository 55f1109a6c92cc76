import type { Log } from '#core/kit/log.ts';
import type { Clock } from '#core/kit/world.ts';
import { type Histories, type History, latest } from './history.ts';
import { nextDueAt, type Owed, owed } from './owed.ts';
import { findOperation, type Payment } from './payment.ts';
import type { Perform } from './perform.ts';

/** `dueAt`: milliseconds since the epoch; null: it owes nothing. */
export type Pursued = { version: number; dueAt: number | null };

export type PursueDeps = { histories: Histories; perform: Perform; clock: Clock; log: Log };

const HOUR_MS = 60 * 60 * 1000;
/** The inquiries at about an hour and a day after the doubt began (owed.ts): then an operator is told, and no timer ever ends it. */
const TELL_AT_INQUIRIES: ReadonlySet<number> = new Set([4, 8]);

/**
 * Performs what a payment owes now, from what its stream says; returns when it is next due as of which version, null for no such payment. A step that fails doesn't keep
 * the others from being tried; the first failure is thrown in the end.
 */
export function createPursue({ histories, perform, clock, log }: PursueDeps) {
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
    if (name === 'inquire' || name === 'resend') tellOfDoubt(latest(history), operation);
    if (name === 'inquire') return await perform.inquire(history, operation, { scheduled: true });
    const changed = await perform.change(history, { type: 'pursue', step: name, operation });
    const after = changed.ok ? changed.value : history;
    if (name === 'resend' || name === 'report') tellOfOverdue(after, history.versions.length);
    return after;
  }

  function tellOfOverdue(history: History, from: number): void {
    for (const { events } of history.versions.slice(from))
      for (const event of events)
        if (event.type === 'operation.overdue') {
          const { operation, reason } = event;
          log.error('nobody but its provider can tell of an operation', { payment: history.stream, operation, reason });
        }
  }

  function tellOfDoubt(payment: Payment | null, n: number): void {
    const outcome = payment === null ? undefined : findOperation(payment, n)?.outcome;
    if (payment === null || outcome?.status !== 'unknown' || !TELL_AT_INQUIRIES.has(outcome.inquiries)) return;
    const hours = Math.floor((clock.now() - outcome.since) / HOUR_MS);
    log.error('an operation has been in doubt for long', { payment: payment.id, operation: n, hours });
  }
}

export type Pursue = ReturnType<typeof createPursue>;
