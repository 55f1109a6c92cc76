import type { FeedItem } from '#core/journal/ports.ts';
import type { History } from '#core/payments/history.ts';
import { owed } from '#core/payments/owed.ts';
import { statusOf } from '#core/payments/status.ts';
import type { Difference } from '#core/proof/audit.ts';
import type { Snapshot } from './snapshot.ts';

type Row = {
  version: number;
  merchant: string;
  status: string;
  amount_minor: number;
  currency: string;
  created_at: number;
  updated_at: number;
};

/** The index and the schedule against the fold. A row may be ahead of its consumer's position, never behind it. */
export function createIndexCheck({ derived, positionOf }: Snapshot) {
  const [indexed, scheduled] = [positionOf('payment_index'), positionOf('schedule')];
  const selectRow = derived.prepare('SELECT * FROM payments WHERE id = ?');
  const selectDue = derived.prepare('SELECT id FROM schedule WHERE id = ?');
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
    };
    for (const [column, value] of Object.entries(expected)) {
      const found = row[column as keyof typeof expected];
      if (found !== value)
        return { where: `index ${stream}`, what: `${column} is ${found}, the journal says ${value}` };
    }
    return null;
  }

  /** Only where the consumer has seen the whole stream: else the row may rightly be of before. */
  function checkSchedule(items: readonly FeedItem[], { stream, versions }: History): Difference | null {
    const payment = versions.at(-1)?.payment;
    if (payment === undefined || (items.at(-1)?.position ?? 0) > scheduled || owed(payment).length === 0) return null;
    counts.owing += 1;
    return selectDue.get(stream) === undefined
      ? { where: `schedule ${stream}`, what: 'the payment owes a step and is not scheduled' }
      : null;
  }

  /** After the last payment. */
  function end(): Difference | null {
    const { rows } = derived.prepare('SELECT count(*) AS rows FROM payments').get() as { rows: number };
    return rows === counts.rows
      ? null
      : { where: 'index', what: `${rows} rows, and the journal has ${counts.rows} of these payments` };
  }

  return { check, end, counts };
}
