import type { DatabaseSync } from 'node:sqlite';
import type { Document, Documents } from '#core/documents/ports.ts';
import type { Json } from '#core/kit/canonicalJson.ts';
import type { GroupCommit } from './groupCommit.ts';

/* Added to journals that were made without it; an earlier version of the platform passes it over. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS documents (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
`;

type Row = { key: string; version: number; body: string };

/** Documents lie in the journal's file: a copy of it is a copy of all that can't be made again. */
export function createSqliteDocuments(db: DatabaseSync, group: Pick<GroupCommit, 'write'>): Documents {
  db.exec(SCHEMA);
  const select = db.prepare('SELECT key, version, body FROM documents WHERE collection = ? AND key = ?');
  const insert = db.prepare('INSERT INTO documents VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING');
  const update = db.prepare(
    'UPDATE documents SET version = version + 1, body = ? WHERE collection = ? AND key = ? AND version = ?',
  );
  const remove = db.prepare('DELETE FROM documents WHERE collection = ? AND key = ? AND version = ?');
  // SQLite compares text by its UTF-8 bytes, so the keys with a prefix are those from it on until one begins otherwise.
  const list = db.prepare(`
    SELECT key, version, body FROM documents
    WHERE collection = :collection AND key >= :prefix AND key > :after AND substr(key, 1, length(:prefix)) = :prefix
    ORDER BY key LIMIT :limit`);

  return {
    get: async (collection, key) => {
      const row = select.get(collection, key) as Row | undefined;
      return row === undefined ? null : documentOf(row);
    },
    put: (collection, key, { body, expectedVersion }) =>
      group.write(() => {
        const text = JSON.stringify(body);
        const { changes } =
          expectedVersion === 0
            ? insert.run(collection, key, text)
            : update.run(text, collection, key, expectedVersion);
        return changes === 1 ? 'stored' : 'conflict';
      }),
    remove: (collection, key, expectedVersion) =>
      group.write(() => (remove.run(collection, key, expectedVersion).changes === 1 ? 'removed' : 'conflict')),
    list: async (collection, { prefix, after, limit }) => {
      const rows = list.all({ collection, prefix, after: after ?? '', limit: limit + 1 }) as Row[];
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return { documents: rows.slice(0, limit).map(documentOf), next: last?.key ?? null };
    },
  };
}

function documentOf({ key, version, body }: Row): Document {
  return { key, version, body: JSON.parse(body) as Json };
}
