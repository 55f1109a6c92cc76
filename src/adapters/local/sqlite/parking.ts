import type { ParkedStream, Parking } from '#core/payments/parking.ts';
import type { Derived } from './derived.ts';

export function createSqliteParking(derived: Derived): Parking {
  const insert = derived.db.prepare('INSERT INTO parked VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const select = derived.db.prepare('SELECT * FROM parked ORDER BY position');
  const list = () => select.all() as ParkedStream[];
  const streams = new Set(list().map((parked) => parked.stream));
  return {
    has: (stream) => streams.has(stream),
    park: ({ stream, seq, position, reason, since }) => {
      insert.run(stream, seq, position, reason, since);
      streams.add(stream);
    },
    list,
  };
}
