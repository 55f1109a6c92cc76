import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '#core/kit/fault.ts';
import { type DatabaseFile, isOfEarlierSchema, openDatabase } from './open.ts';

const SCHEMA = `
  CREATE TABLE source (journal_id TEXT NOT NULL) STRICT;
  CREATE TABLE positions (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;
  CREATE TABLE payments (
    arrival INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    merchant TEXT NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    provider TEXT,
    customer TEXT,
    metadata TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    open INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX payments_by_status ON payments (merchant, status);
  CREATE INDEX payments_by_customer ON payments (customer, merchant) WHERE customer IS NOT NULL;
  CREATE INDEX payments_open ON payments (arrival) WHERE open = 1;
  CREATE TABLE parked (
    stream TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE schedule (id TEXT PRIMARY KEY, version INTEGER NOT NULL, due_at INTEGER NOT NULL) STRICT;
  CREATE INDEX schedule_by_time ON schedule (due_at);
`;
const APPLICATION_ID = 0x464c4f44; // FLOD
const SCHEMA_VERSION = 2;

export type Derived = {
  db: DatabaseSync;
  /** How far a consumer of the feed has come; 0 at the beginning. */
  positionOf: (consumer: string) => number;
  /** Runs the effects and moves the position in one transaction, so that neither is ever there without the other. */
  advance: (consumer: string, position: number, effects: () => void) => void;
  close: () => void;
};

/**
 * What is made from the journal and can be made again: delete the file, and the next start rebuilds it; one of an earlier schema is rebuilt unasked. It is refused when it was made from
 * another journal, or has seen commits that the journal no longer has: then the journal has lost something.
 */
export function openDerived({
  folder,
  journalId,
  journalHead,
}: {
  folder: string;
  journalId: string;
  journalHead: number;
}): Derived {
  const path = join(folder, 'derived.sqlite');
  const file: DatabaseFile = {
    path,
    applicationId: APPLICATION_ID,
    schemaVersion: SCHEMA_VERSION,
    schema: SCHEMA,
    synchronous: 'NORMAL',
    remedy: 'delete it, and the next start makes it again',
  };
  if (isOfEarlierSchema(file)) for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  const db = openDatabase(file);
  const selectPosition = db.prepare('SELECT position FROM positions WHERE consumer = ?');
  const savePosition = db.prepare(
    'INSERT INTO positions VALUES (?, ?) ON CONFLICT (consumer) DO UPDATE SET position = excluded.position',
  );

  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const positions = new Map<string, number>();

  function positionOf(consumer: string): number {
    const known = positions.get(consumer);
    if (known !== undefined) return known;
    const position = (selectPosition.get(consumer) as { position: number } | undefined)?.position ?? 0;
    positions.set(consumer, position);
    return position;
  }

  function advance(consumer: string, position: number, effects: () => void): void {
    begin.run();
    try {
      effects();
      savePosition.run(consumer, position);
      commit.run();
      positions.set(consumer, position);
    } catch (cause) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw cause;
    }
  }

  // Not closed when it is refused: the process ends, and closing would touch the file.
  assertSource(db, { path, journalId, journalHead });
  return { db, positionOf, advance, close: () => db.close() };
}

function assertSource(
  db: DatabaseSync,
  { path, journalId, journalHead }: { path: string; journalId: string; journalHead: number },
): void {
  const source = db.prepare('SELECT journal_id FROM source').get() as { journal_id: string } | undefined;
  if (source === undefined) {
    db.prepare('INSERT INTO source VALUES (?)').run(journalId);
    return;
  }
  if (source.journal_id !== journalId) {
    throw new Fault(
      'derived_foreign',
      `${path} was made from another journal. If journal.sqlite is the right one, delete ${path}: it will be made again`,
      { retryable: false },
    );
  }
  const { position } = db.prepare('SELECT max(position) AS position FROM positions').get() as {
    position: number | null;
  };
  if (position !== null && position > journalHead) {
    throw new Fault(
      'journal_behind',
      `${path} has seen ${position} commits and journal.sqlite has ${journalHead}: the journal has lost some. Restore it; or, to go on without them, delete ${path}`,
      { retryable: false },
    );
  }
}
