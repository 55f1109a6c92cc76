import type { EventRow, EventStore } from '#core/webhooks/ports.ts';
import type { DeliveryWriter } from './webhookQueue.ts';
import type { Access } from './webhooks.ts';

/* Rows of a merchant lie together, in the order of the feed: a page is read in one go, and new ones are appended. */
export const EVENTS_SCHEMA = `
  CREATE TABLE events (
    merchant TEXT NOT NULL,
    position INTEGER NOT NULL,
    payment TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    types INTEGER NOT NULL,
    PRIMARY KEY (merchant, position)
  ) STRICT, WITHOUT ROWID;
`;

export type EventStoreOptions = { writer: DeliveryWriter; tellFrom: number; position: number };

export function createEventStore(
  { db, write, read, note }: Access,
  { writer, tellFrom, position }: EventStoreOptions,
): EventStore {
  let reached = position;
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const move = db.prepare('UPDATE source SET position = max(position, ?) RETURNING position');
  const list = db.prepare(`
    SELECT merchant, position, payment, seq, at, types FROM events
    WHERE merchant = :merchant AND position <= :upTo AND at >= :since AND types & :types <> 0
    ORDER BY position DESC LIMIT :limit`);
  // One seek a merchant, and no look at its rows: those of before are its first ones.
  const merchantsWithOld = db.prepare(`
    WITH RECURSIVE merchants(merchant) AS (
      SELECT min(merchant) FROM events
      UNION ALL SELECT (SELECT min(merchant) FROM events WHERE merchant > merchants.merchant) FROM merchants
      WHERE merchants.merchant IS NOT NULL
    )
    SELECT merchant FROM merchants
    WHERE (SELECT at FROM events WHERE events.merchant = merchants.merchant ORDER BY position LIMIT 1) < ?`);
  const remove = db.prepare(`
    DELETE FROM events WHERE merchant = :merchant AND at < :before AND position IN
    (SELECT position FROM events WHERE merchant = :merchant ORDER BY position LIMIT :limit)`);

  function forget(before: number, limit: number): number {
    let removed = 0;
    for (const { merchant } of merchantsWithOld.all(before) as { merchant: string }[]) {
      if (removed >= limit) return removed;
      removed += Number(remove.run({ merchant, before, limit: limit - removed }).changes);
    }
    return removed;
  }

  return {
    position: () => reached,
    tellFrom: () => tellFrom,
    save: async (batch) => {
      const moved = await write(() => {
        for (const { merchant, position: at, payment, seq, ...row } of batch.rows)
          insert.run(merchant, at, payment, seq, row.at, row.types);
        let added = 0;
        for (const delivery of batch.deliveries) added += writer.insert(delivery, delivery.createdAt);
        if (added > 0) note();
        return (move.get(batch.position) as { position: number }).position;
      });
      reached = Math.max(reached, moved);
    },
    list: async ({ upTo, ...query }) =>
      read(() => list.all({ ...query, upTo: upTo ?? Number.MAX_SAFE_INTEGER }) as EventRow[]),
    forget: (before, limit) => write(() => forget(before, limit) + writer.forget(before, limit)),
  };
}
