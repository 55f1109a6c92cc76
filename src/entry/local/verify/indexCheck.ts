import type { FeedItem } from '#core/journal/ports.ts';
import type { History } from '#core/payments/history.ts';
import { nextDueAt, owed } from '#core/payments/owed.ts';
import { statusOf } from '#core/payments/status.ts';
import type { Difference } from '#core/proof/audit.ts';
import type { Snapshot } from './snapshot.ts';

/** What is due and could not be done is put off by seconds: later than this nobody would come for it. */
const PUT_OFF_MS_MAX = 60_000;

type Row = {
  arrival: number;
  version: number;
  merchant: string;
  status: string;
  amount_minor: number;
  currency: string;
  created_at: number;
  updated_at: number;
  open: number;
};

/** The index and the schedule against the fold, payments in the order in which they came. A row may be ahead of its consumer's position, never behind it. */
export function createIndexCheck({ derived, positionOf, stream: itemsOf }: Snapshot) {
  const [indexed, scheduled] = [positionOf('payment_index'), positionOf('schedule')];
  const selectRow = derived.prepare('SELECT * FROM payments WHERE id = ?');
  const selectDue = derived.prepare('SELECT due_at FROM schedule WHERE id = ?');
  const latestDue = Date.now() + PUT_OFF_MS_MAX;
  let arrived = 0;
  const counts = { rows: 0, owing: 0 };

  function check(items: readonly FeedItem[], history: History): Difference | null {
    return checkRow(items, history) ?? checkSchedule(items, history);
  }

  function checkRow(items: readonly FeedItem[], { stream, versions }: History): Difference | null {
    const least = items.filter((item) => item.position <= indexed).length;
    const row = selectRow.get(stream) as Row | undefined;
    if (row === undefined) return least === 0 ? null : { where: `index ${stream}`, what: 'the payment has no row' };
    counts.rows += 1;
    const payment = versions[row.version - 1]?.payment;
    if (payment === undefined || row.version < least)
      return {
        where: `index ${stream}`,
        what: `the row is of version ${row.version}, the journal has ${versions.length}`,
      };
    const expected = {
      merchant: payment.merchant,
      status: statusOf(payment),
      amount_minor: Number(payment.amountMinor),
      currency: payment.currency,
      created_at: payment.createdAt,
      updated_at: payment.updatedAt,
      open: Number(owed(payment).length > 0),
    };
    for (const [column, value] of Object.entries(expected)) {
      const found = row[column as keyof typeof expected];
      if (found !== value)
        return { where: `index ${stream}`, what: `${column} is ${found}, the journal says ${value}` };
    }
    if (row.arrival <= arrived)
      return { where: `index ${stream}`, what: 'it stands before a payment that came earlier' };
    arrived = row.arrival;
    return null;
  }

  /** Only where the consumer has seen the whole stream: else the row may rightly be of before. */
  function checkSchedule(items: readonly FeedItem[], { stream, versions }: History): Difference | null {
    const payment = versions.at(-1)?.payment;
    const dueAt = payment === undefined ? null : nextDueAt(payment);
    if (dueAt === null || (items.at(-1)?.position ?? 0) > scheduled) return null;
    counts.owing += 1;
    const where = `schedule ${stream}`;
    const row = selectDue.get(stream) as { due_at: number } | undefined;
    if (row === undefined) return { where, what: 'the payment owes a step and is not scheduled' };
    if (row.due_at <= Math.max(dueAt, latestDue)) return null;
    return { where, what: `a step is owed at ${dueAt} and scheduled for ${row.due_at}` };
  }

  /** After the last payment. */
  function end(): Difference | null {
    const { rows } = derived.prepare('SELECT count(*) AS rows FROM payments').get() as { rows: number };
    if (rows === counts.rows) return null;
    for (const { id } of derived.prepare('SELECT id FROM payments').iterate() as Iterable<{ id: string }>)
      if (itemsOf(id).length === 0) return { where: `index ${id}`, what: 'the journal has no such payment' };
    return { where: 'index', what: `${rows} rows, and the journal has ${counts.rows} of these payments` };
  }

  return { check, end, counts };
}
