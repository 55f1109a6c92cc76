import { owed } from '#core/payments/owed.ts';
import type { PaymentIndex } from '#core/payments/ports.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';
import { type PaymentStatus, statusOf } from '#core/payments/status.ts';

export type IndexRow = {
  arrival: number;
  id: string;
  merchant: string;
  version: number;
  status: PaymentStatus;
  open: boolean;
};

export type SimulatedIndex = PaymentIndex & { projection: PaymentProjection; rows: () => readonly IndexRow[] };

/** The index in memory: as the one in SQLite, a row is replaced by a newer version only. */
export function createIndex(): SimulatedIndex {
  const rows = new Map<string, IndexRow>();
  let reached = 0;

  const projection: PaymentProjection = {
    name: 'payment_index',
    position: () => reached,
    save: (payments, position) => {
      for (const payment of payments) {
        const { id, merchant, version } = payment;
        const known = rows.get(id);
        if (known !== undefined && known.version >= version) continue;
        const arrival = known?.arrival ?? rows.size + 1;
        rows.set(id, { arrival, id, merchant, version, status: statusOf(payment), open: owed(payment).length > 0 });
      }
      reached = Math.max(reached, position);
    },
  };

  return {
    projection,
    rows: () => [...rows.values()],
    search: async ({ merchant, status, after, limit }) => {
      const before = after === null ? Number.POSITIVE_INFINITY : Number(after);
      if (Number.isNaN(before)) return 'cursor_invalid';
      const found = [...rows.values()]
        .filter((row) => row.merchant === merchant && (status === null || row.status === status))
        .filter((row) => row.arrival < before)
        .sort((left, right) => right.arrival - left.arrival);
      return pageOf(found, limit);
    },
    open: async (after, limit) =>
      pageOf(
        [...rows.values()].filter((row) => row.open && row.arrival > Number(after ?? 0)),
        limit,
      ),
  };
}

function pageOf(rows: readonly IndexRow[], limit: number) {
  const page = rows.slice(0, limit);
  return { ids: page.map((row) => row.id), next: rows.length > limit ? String(page.at(-1)?.arrival) : null };
}
