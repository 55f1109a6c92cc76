import { nextDueAt } from '#core/payments/owed.ts';
import type { Schedule } from '#core/payments/ports.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';

export type ScheduleRow = { id: string; version: number; dueAt: number };
export type SimulatedSchedule = Schedule & {
  projection: PaymentProjection;
  rows: () => readonly ScheduleRow[];
  earliest: () => number;
  has: (id: string) => boolean;
};

/** The schedule in memory: the same statements as in SQLite. */
export function createSchedule(): SimulatedSchedule {
  const rows = new Map<string, ScheduleRow>();
  let reached = 0;

  const projection: PaymentProjection = {
    name: 'schedule',
    position: () => reached,
    save: (payments, position) => {
      for (const payment of payments) {
        correct(payment.id, payment.version, nextDueAt(payment));
      }
      reached = Math.max(reached, position);
    },
  };

  function correct(id: string, version: number, dueAt: number | null): void {
    if ((rows.get(id)?.version ?? 0) > version) return;
    if (dueAt === null) rows.delete(id);
    else rows.set(id, { id, version, dueAt });
  }

  return {
    projection,
    correct: async (id, version, dueAt) => correct(id, version, dueAt),
    rows: () => [...rows.values()],
    has: (id) => rows.has(id),
    earliest: () => {
      let earliest = Number.POSITIVE_INFINITY;
      for (const { dueAt } of rows.values()) if (dueAt < earliest) earliest = dueAt;
      return earliest;
    },
    due: async (now, limit) =>
      [...rows.values()]
        .filter((row) => row.dueAt <= now)
        .sort((left, right) => left.dueAt - right.dueAt)
        .slice(0, limit)
        .map((row) => row.id),
    postpone: async (id, dueAt) => {
      const known = rows.get(id);
      if (known !== undefined) rows.set(id, { ...known, dueAt });
    },
    restore: async (id, version, dueAt) => {
      if (rows.has(id)) return false;
      rows.set(id, { id, version, dueAt });
      return true;
    },
  };
}
