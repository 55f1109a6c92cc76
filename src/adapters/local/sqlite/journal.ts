import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Documents } from '#core/documents/ports.ts';
import type { StoredCommit } from '#core/journal/commit.ts';
import type { Feed, FeedItem, Journal } from '#core/journal/ports.ts';
import { Fault } from '#core/kit/fault.ts';
import type { Random } from '#core/kit/world.ts';
import type { Roots } from '#core/proof/roots.ts';
import type { Exchange, Exchanges } from '#core/provider/ports.ts';
import { createSqliteDocuments } from './documents.ts';
import { createGroupCommit } from './groupCommit.ts';
import { openDatabase, storageFault } from './open.ts';
import { createSqliteRoots, ROOTS_SCHEMA } from './roots.ts';

/*
 * Payment ids are random, and a random index entry costs a page of its own in every write. So the rows lie in order of arrival; only the first
 * commit of a stream is found by its id; the later ones by the position of the first (`root`), and those entries lie together. The two unique
 * indexes are the conditional write: a second commit at (stream, seq) changes nothing. Exchanges are found by time for the same reason.
 */
const SCHEMA = `
  CREATE TABLE identity (id TEXT NOT NULL, id_secret_fingerprint TEXT NOT NULL) STRICT;
  CREATE TABLE commits (
    position INTEGER PRIMARY KEY,
    root INTEGER,
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    commit_id TEXT NOT NULL,
    facts TEXT NOT NULL,
    personal TEXT,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX commits_first ON commits (stream) WHERE root IS NULL;
  CREATE UNIQUE INDEX commits_later ON commits (root, seq) WHERE root IS NOT NULL;
  CREATE TABLE exchanges (
    position INTEGER PRIMARY KEY,
    operation TEXT NOT NULL,
    at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    request_hash TEXT NOT NULL,
    request TEXT NOT NULL,
    response_hash TEXT,
    response TEXT
  ) STRICT;
  CREATE INDEX exchanges_by_time ON exchanges (at, operation);
  ${ROOTS_SCHEMA}
`;
const APPLICATION_ID = 0x464c4f4a; // FLOJ
const SCHEMA_VERSION = 1;
const JOURNAL_ID_BYTES = 16;

type Row = {
  position: number;
  stream: string;
  seq: number;
  commit_id: string;
  facts: string;
  personal: string | null;
  hash: string;
};

export type SqliteJournal = {
  /** Random, made with the file: what a derived file says it was derived from. */
  id: string;
  journal: Journal;
  feed: Feed;
  exchanges: Exchanges;
  roots: Roots;
  documents: Documents;
  close: () => void;
};

export type SqliteJournalOptions = {
  folder: string;
  random: Random;
  /** Payment ids are derived with a secret: another secret would turn every repeated request into a second payment. */
  idSecretFingerprint: string;
  /** Called once a read or write has failed for a reason that time won't cure, a full disk above all. */
  onFailed: (fault: Error) => void;
};

/** Journal, feed, exchanges, roots and documents in one file: what must not be lost. */
export function openSqliteJournal({
  folder,
  random,
  idSecretFingerprint,
  onFailed,
}: SqliteJournalOptions): SqliteJournal {
  const path = join(folder, 'journal.sqlite');
  const db = openDatabase({
    path,
    applicationId: APPLICATION_ID,
    schemaVersion: SCHEMA_VERSION,
    schema: SCHEMA,
    synchronous: 'FULL',
    remedy: 'restore it from a backup',
  });
  const listeners = new Set<() => void>();
  const insertCommit = db.prepare(
    'INSERT INTO commits (root, stream, seq, commit_id, facts, personal, hash) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const insertExchange = db.prepare(
    'INSERT INTO exchanges (operation, at, duration_ms, request_hash, request, response_hash, response) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const selectExchanges = db.prepare(`
    SELECT operation, at, duration_ms AS durationMs, request_hash AS requestHash, request, response_hash AS responseHash, response
    FROM exchanges WHERE at BETWEEN ? AND ? AND operation = ? ORDER BY position`);
  const selectRoot = db.prepare('SELECT position FROM commits WHERE stream = ? AND root IS NULL');
  const selectFirst = db.prepare('SELECT * FROM commits WHERE stream = ? AND root IS NULL');
  const selectLater = db.prepare('SELECT * FROM commits WHERE root = ? ORDER BY seq');
  const selectFeed = db.prepare('SELECT * FROM commits WHERE position > ? ORDER BY position LIMIT ?');
  const selectHead = db.prepare('SELECT max(position) AS position FROM commits');
  // The newest position that is durable, and the newest that the transaction under way has given out.
  let head = (selectHead.get() as { position: number | null }).position ?? 0;
  let given = head;

  function append({ stream, seq, commitId, facts, personal, hash }: StoredCommit): 'appended' | 'conflict' {
    const root = seq === 1 ? null : (selectRoot.get(stream) as { position: number } | undefined)?.position;
    // Nothing to follow: the stream is not what the caller thinks that it is.
    if (root === undefined) return 'conflict';
    const { changes, lastInsertRowid } = insertCommit.run(root, stream, seq, commitId, facts, personal, hash);
    if (changes === 0) return 'conflict';
    given = Number(lastInsertRowid);
    return 'appended';
  }

  function read(stream: string): Row[] {
    const first = selectFirst.get(stream) as Row | undefined;
    return first === undefined ? [] : [first, ...(selectLater.all(first.position) as Row[])];
  }

  const group = createGroupCommit(db, {
    path,
    onFailed,
    onRolledBack: () => {
      given = head;
    },
    onCommitted: () => {
      head = given;
      for (const listener of listeners) listener();
    },
  });
  const journal: Journal = {
    append: (commit) => group.write(() => append(commit)),
    read: async (stream) => readRows(() => read(stream)).map(commitOf),
  };
  const feed: Feed = {
    read: async (position, limit) =>
      readRows(() => selectFeed.all(position, limit)).map(
        (row): FeedItem => ({ position: row.position, commit: commitOf(row) }),
      ),
    head: () => head,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const exchanges: Exchanges = {
    keep: (exchange) => group.write(() => void insertExchange.run(...exchangeColumns(exchange))),
    of: async (operation, { from, to }) => selectExchanges.all(from, to, operation) as Exchange[],
  };

  function readRows(read: () => unknown[]): Row[] {
    try {
      return read() as Row[];
    } catch (cause) {
      const fault = storageFault(path, cause);
      if (!fault.retryable) onFailed(fault);
      throw fault;
    }
  }

  return {
    id: identify(db, { path, random, idSecretFingerprint }),
    journal,
    feed,
    exchanges,
    roots: createSqliteRoots(db, group),
    documents: createSqliteDocuments(db, group),
    close: () => db.close(),
  };
}

function identify(
  db: DatabaseSync,
  { path, random, idSecretFingerprint }: { path: string; random: Random; idSecretFingerprint: string },
): string {
  const known = db.prepare('SELECT id, id_secret_fingerprint AS fingerprint FROM identity').get() as
    | { id: string; fingerprint: string }
    | undefined;
  if (known === undefined) {
    const id = Buffer.from(random.bytes(JOURNAL_ID_BYTES)).toString('base64url');
    db.prepare('INSERT INTO identity VALUES (?, ?)').run(id, idSecretFingerprint);
    return id;
  }
  if (known.fingerprint !== idSecretFingerprint) {
    throw new Fault(
      'id_secret_changed',
      `${path} was written with another id secret. Restore the secrets file that belongs to it`,
      { retryable: false },
    );
  }
  return known.id;
}

function commitOf({ stream, seq, commit_id: commitId, facts, personal, hash }: Row): StoredCommit {
  return { stream, seq, commitId, facts, personal, hash };
}

function exchangeColumns(exchange: Exchange) {
  const { operation, at, durationMs, requestHash, request, responseHash, response } = exchange;
  return [operation, at, durationMs, requestHash, request, responseHash, response] as const;
}
