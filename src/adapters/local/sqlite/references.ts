import { keptReferences } from '#core/ingress/keptReferences.ts';
import type { EchoesReferences, ReferencesProjection } from '#core/ingress/ports.ts';
import type { Derived } from './derived.ts';

const NAME = 'references';

/* Made here and not with the file: a file from before gets it too, and is filled from the beginning of the feed. */
const TABLE = `
  CREATE TABLE IF NOT EXISTS provider_references (
    account TEXT NOT NULL,
    reference TEXT NOT NULL,
    payment TEXT NOT NULL,
    PRIMARY KEY (account, reference)
  ) STRICT, WITHOUT ROWID;
`;

/** Which payment a provider's own reference belongs to; empty while every provider echoes ours. */
export function createSqliteReferences(derived: Derived, echoes: EchoesReferences): ReferencesProjection {
  derived.db.exec(TABLE);
  const insert = derived.db.prepare('INSERT INTO provider_references VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const select = derived.db.prepare('SELECT payment FROM provider_references WHERE account = ? AND reference = ?');
  return {
    find: async (account, reference) =>
      (select.get(account, reference) as { payment: string } | undefined)?.payment ?? null,
    projection: {
      name: NAME,
      position: () => derived.positionOf(NAME),
      save: (payments, position) =>
        derived.advance(NAME, position, () => {
          for (const kept of keptReferences(payments, echoes)) insert.run(kept.account, kept.reference, kept.payment);
        }),
    },
  };
}
