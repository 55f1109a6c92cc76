import { owed } from '#core/payments/owed.ts';
import type { Payment } from '#core/payments/payment.ts';
import type { PaymentIndex, PaymentPage, PaymentQuery } from '#core/payments/ports.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';
import { decidingAuthorization, statusOf } from '#core/payments/status.ts';
import type { Derived } from './derived.ts';
import { createPaymentSearch } from './paymentSearch.ts';

const NAME = 'payment_index';

/** `arrival` numbers payments in the order of the feed, so that a page stays the same while new payments come. */
export function createSqlitePaymentIndex(
  derived: Derived,
): PaymentIndex & { projection: PaymentProjection; inDoubt: () => number } {
  const upsert = derived.db.prepare(`
    INSERT INTO payments (id, merchant, version, status, amount_minor, currency, provider, customer, metadata, created_at, updated_at, open)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, provider = excluded.provider,
      customer = excluded.customer, metadata = excluded.metadata, updated_at = excluded.updated_at, open = excluded.open
    WHERE excluded.version > version`);
  const find = createPaymentSearch(derived.db);

  const openOnes = derived.db.prepare(
    'SELECT arrival, id FROM payments WHERE open = 1 AND arrival > ? ORDER BY arrival LIMIT ?',
  );

  const inDoubt = derived.db.prepare("SELECT count(*) AS n FROM payments WHERE open = 1 AND status = 'in_doubt'");

  function save(payments: readonly Payment[], position: number): void {
    derived.advance(NAME, position, () => {
      for (const payment of payments) {
        const { id, merchant, version, amountMinor, currency, personal, createdAt, updatedAt } = payment;
        upsert.run(
          id,
          merchant,
          version,
          statusOf(payment),
          amountMinor,
          currency,
          decidingAuthorization(payment)?.provider ?? null,
          personal?.customer ?? null,
          metadataOf(payment),
          createdAt,
          updatedAt,
          Number(owed(payment).length > 0),
        );
      }
    });
  }

  async function search(query: PaymentQuery): Promise<PaymentPage | 'cursor_invalid'> {
    const before = query.after === null ? Number.MAX_SAFE_INTEGER : readCursor(query.after);
    if (before === null) return 'cursor_invalid';
    const { rows, from } = find(query, before, query.limit + 1);
    const next = rows.length > query.limit ? (rows[query.limit - 1]?.arrival ?? null) : from;
    return {
      ids: rows.slice(0, query.limit).map((row) => row.id),
      next: next === null ? null : writeCursor(next),
    };
  }

  async function open(after: string | null, limit: number): Promise<PaymentPage> {
    const rows = openOnes.all(after === null ? 0 : (readCursor(after) ?? 0), limit) as {
      arrival: number;
      id: string;
    }[];
    const last = rows.length < limit ? undefined : rows.at(-1);
    return { ids: rows.map((row) => row.id), next: last === undefined ? null : writeCursor(last.arrival) };
  }

  return {
    search,
    open,
    projection: { name: NAME, position: () => derived.positionOf(NAME), save },
    inDoubt: () => Number((inDoubt.get() as { n: number | bigint }).n),
  };
}

/** Null where there is none, as in most rows. */
function metadataOf({ personal }: Payment): string | null {
  const metadata = personal?.metadata ?? {};
  return Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata);
}

function writeCursor(arrival: number): string {
  return Buffer.from(`p1.${arrival}`).toString('base64url');
}

function readCursor(cursor: string): number | null {
  const arrival = /^p1\.([1-9]\d{0,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  return arrival === undefined ? null : Number(arrival);
}
