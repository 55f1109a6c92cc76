import type { Log } from '#core/kit/log.ts';
import type { Timers } from '#core/kit/world.ts';
import { type Histories, latest } from '#core/payments/history.ts';
import { nextDueAt } from '#core/payments/owed.ts';
import { isUnreadable } from '#core/payments/parking.ts';
import type { Payment } from '#core/payments/payment.ts';
import type { PaymentIndex, Schedule } from '#core/payments/ports.ts';
import { repeat } from './repeat.ts';

const EVERY_MS = 10 * 60 * 1000;
const FIRST_AFTER_MS = 1000;
const PAGE = 100;

export type SweepOpenDeps = { index: PaymentIndex; histories: Histories; schedule: Schedule; timers: Timers; log: Log };

/** Asks the journal of every payment that owes something what it is, and puts back what the schedule has lost. */
export function createSweepOpen({ index, histories, schedule, timers, log }: SweepOpenDeps) {
  async function sweep(): Promise<void> {
    let after: string | null = null;
    do {
      const page = await index.open(after, PAGE);
      for (const id of page.ids) {
        const payment = await load(id);
        const dueAt = payment === null ? null : nextDueAt(payment);
        if (payment !== null && dueAt !== null && (await schedule.restore(id, payment.version, dueAt))) {
          log.error('the schedule had lost a payment', { payment: id });
        }
      }
      after = page.next;
      // Requests go first: a page is some milliseconds of work.
      await new Promise<void>(timers.soon);
    } while (after !== null);
  }

  /** One that can't be read is parked, and told as such: the sweep goes on to those after it. */
  async function load(id: string): Promise<Payment | null> {
    try {
      return latest(await histories.load(id));
    } catch (fault) {
      if (isUnreadable(fault)) return null;
      throw fault;
    }
  }

  return {
    sweep,
    ...repeat(sweep, {
      name: 'the sweep over open payments',
      everyMs: EVERY_MS,
      firstAfterMs: FIRST_AFTER_MS,
      timers,
      log,
    }),
  };
}
