import type { DatabaseSync } from 'node:sqlite';
import type { Roots, SignedRoot } from '#core/proof/roots.ts';
import type { GroupCommit } from './groupCommit.ts';

export const ROOTS_SCHEMA = `
  CREATE TABLE roots (
    number INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    streams INTEGER NOT NULL,
    root TEXT NOT NULL,
    previous TEXT,
    at INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL
  ) STRICT;
`;

/** The signed roots lie beside the commits: a copy of the journal carries its own proof. */
export function createSqliteRoots(db: DatabaseSync, group: Pick<GroupCommit, 'write'>): Roots {
  const insert = db.prepare('INSERT INTO roots VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return {
    all: async () => readRoots(db),
    append: ({ number, position, streams, root, previous, at, keyId, signature }) =>
      group.write(() => void insert.run(number, position, streams, root, previous, at, keyId, signature)),
  };
}

export function readRoots(db: DatabaseSync): readonly SignedRoot[] {
  return db
    .prepare(
      'SELECT number, position, streams, root, previous, at, key_id AS keyId, signature FROM roots ORDER BY number',
    )
    .all() as SignedRoot[];
}
