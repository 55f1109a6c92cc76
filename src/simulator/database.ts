import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

const BUSY_TIMEOUT_MS = 2000;
const CACHE_KIB = 16_384;
const CHECKPOINT_PAGES = 4000;

/** synchronous=NORMAL: what was committed outlives the process; a power cut may take the last moments. */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
  PRAGMA cache_size = -${CACHE_KIB};
  PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
`;

/** References and idempotency keys have no index here: see `createRowIndex`. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS charges (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, reference TEXT NOT NULL,
    status TEXT NOT NULL, currency TEXT NOT NULL, authorized INTEGER NOT NULL, captured INTEGER NOT NULL,
    refunded INTEGER NOT NULL, token TEXT NOT NULL, return_url TEXT, capture_wanted INTEGER NOT NULL,
    created_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS operations (
    seq INTEGER PRIMARY KEY, reference TEXT NOT NULL, id TEXT NOT NULL, charge TEXT NOT NULL,
    account TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS idempotency (
    seq INTEGER PRIMARY KEY, account TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, account TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL,
    due INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS events_due ON events (due);
  CREATE TABLE IF NOT EXISTS moments (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, charge TEXT NOT NULL, operation TEXT, due INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS moments_due ON moments (due);
`;

/** `durable` is false when the transaction failed: then nothing of it happened. */
type Settled = (durable: boolean) => void;

export type Database = {
  prepare(sql: string): StatementSync;
  /** Opens this tick's transaction, unless it is open. Call it before every write. */
  begin(): void;
  /** Calls back once all that was written so far is committed; at once when there is nothing to commit. */
  whenDurable(settled: Settled): void;
  /** Something went wrong half way: nothing of this tick may stay. */
  spoil(): void;
  close(): void;
};

/**
 * Group commit: all writes of one event-loop tick share a transaction, which is committed when the tick's requests have
 * been read. Under load one commit serves many charges, and without load nobody waits.
 */
export function openDatabase(file: string): Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec(PRAGMAS);
  db.exec(SCHEMA);
  const beginning = db.prepare('BEGIN IMMEDIATE');
  const committing = db.prepare('COMMIT');
  let open = false;
  let spoiled = false;
  let waiting: Settled[] = [];

  function begin(): void {
    if (open) return;
    beginning.run();
    open = true;
    setImmediate(flush);
  }

  function flush(): void {
    if (!open) return;
    const settled = waiting;
    const durable = !spoiled && commit();
    if (!durable && db.isTransaction) db.exec('ROLLBACK');
    open = false;
    spoiled = false;
    waiting = [];
    for (const call of settled) call(durable);
  }

  function commit(): boolean {
    try {
      committing.run();
      return true;
    } catch {
      return false;
    }
  }

  return {
    prepare: (sql) => db.prepare(sql),
    begin,
    whenDurable: (settled) => {
      if (open) waiting.push(settled);
      else settled(true);
    },
    spoil: () => {
      spoiled = open;
    },
    close: () => {
      flush();
      db.close();
    },
  };
}
