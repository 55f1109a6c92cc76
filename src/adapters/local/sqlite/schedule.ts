import { nextDueAt } from '#core/payments/owed.ts';
import type { Payment } from '#core/payments/payment.ts';
import type { Schedule } from '#core/payments/ports.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';
import type { Derived } from './derived.ts';

const NAME = 'schedule';

/** When each payment is next due. Most payments have ended before the feed reaches them and never get a row. */
export function createSqliteSchedule(derived: Derived): Schedule & { projection: PaymentProjection } {
  const upsert = derived.db.prepare(`
    INSERT INTO schedule VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, due_at = excluded.due_at WHERE excluded.version >= version`);
  const insert = derived.db.prepare('INSERT INTO schedule VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const remove = derived.db.prepare('DELETE FROM schedule WHERE id = ? AND version <= ?');
  const postpone = derived.db.prepare('UPDATE schedule SET due_at = ? WHERE id = ?');
  const due = derived.db.prepare('SELECT id FROM schedule WHERE due_at <= ? ORDER BY due_at LIMIT ?');

  function save(payments: readonly Payment[], position: number): void {
    derived.advance(NAME, position, () => {
      for (const payment of payments) correct(payment.id, payment.version, nextDueAt(payment));
    });
  }

  function correct(id: string, version: number, dueAt: number | null): void {
    if (dueAt === null) remove.run(id, version);
    else upsert.run(id, version, dueAt);
  }

  return {
    due: async (now, limit) => (due.all(now, limit) as { id: string }[]).map((row) => row.id),
    restore: async (id, version, dueAt) => insert.run(id, version, dueAt).changes === 1,
    correct: async (id, version, dueAt) => correct(id, version, dueAt),
    postpone: async (id, dueAt) => void postpone.run(dueAt, id),
    projection: { name: NAME, position: () => derived.positionOf(NAME), save },
  };
}
