import { createAlarm } from './alarm.ts';
import type { Database } from './database.ts';
import type { Clock, Log } from './model.ts';

const BATCH = 100;
const RETRY_MS = 1000;

/** What happens to a charge by itself, a moment after something else. */
export type Moment = {
  kind: 'settle' | 'dashboard_refund' | 'late_success' | 'refund_reversal';
  charge: string;
  operation: string | null;
};

export type Moments = ReturnType<typeof createMoments>;

/** Keeps what is to happen later in the database, so that a restart between cause and effect loses nothing. */
export function createMoments(deps: { database: Database; clock: Clock; log: Log }) {
  const { database, clock, log } = deps;
  const insert = database.prepare('INSERT INTO moments (kind, charge, operation, due) VALUES (?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM moments WHERE seq = ?');
  const dueNow = database.prepare(`SELECT * FROM moments WHERE due <= ? ORDER BY due, seq LIMIT ${BATCH}`);
  const nextDue = database.prepare('SELECT min(due) AS due FROM moments');
  const alarm = createAlarm(clock, ring);
  let perform: ((moment: Moment) => void) | null = null;

  function schedule(moment: Moment, due: number): void {
    database.begin();
    insert.run(moment.kind, moment.charge, moment.operation, due);
    alarm.set(due);
  }

  /** Begins to perform what is due, including what was due while the process was away. */
  function start(performer: (moment: Moment) => void): void {
    perform = performer;
    setNext();
  }

  function ring(): void {
    if (perform === null) return;
    try {
      for (const row of dueNow.all(clock.now()) as (Moment & { seq: number })[]) {
        database.begin();
        remove.run(row.seq);
        perform(row);
      }
    } catch (error) {
      // Rolled back with the rest of the tick; it is due again as soon as the database is well.
      database.spoil();
      log('a scheduled change failed', { error: String(error) });
    }
    database.whenDurable(setNext);
  }

  function setNext(durable = true): void {
    const row = nextDue.get() as { due: number | null };
    if (row.due !== null) alarm.set(durable ? row.due : clock.now() + RETRY_MS);
  }

  return { schedule, start, stop: alarm.stop };
}
