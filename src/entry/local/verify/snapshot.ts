import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoredCommit } from '#core/journal/commit.ts';
import type { FeedItem } from '#core/journal/ports.ts';
import { Fault } from '#core/kit/fault.ts';

type Row = {
  position: number;
  stream: string;
  seq: number;
  commit_id: string;
  facts: string;
  personal: string | null;
  hash: string;
};

const BATCH = 1000;
/** A server that starts or ends holds its files for a moment. */
const BUSY_TIMEOUT_MS = 2000;

/** A commit that a reader of its payment would miss, or find in another's. */
const MISFILED = `
  SELECT later.stream, later.seq FROM commits later LEFT JOIN commits first ON first.position = later.root
  WHERE (later.root IS NULL) <> (later.seq = 1)
    OR (later.root IS NOT NULL AND (first.root IS NOT NULL OR first.stream IS NOT later.stream)) LIMIT 1`;

/** One moment of the data folder, read-only. What is derived is read first, so that the journal is never behind it. */
export function openSnapshot(folder: string) {
  const derived = readOnly(join(folder, 'derived.sqlite'));
  const journal = readOnly(join(folder, 'journal.sqlite'));
  const ofStream = journal.prepare(`
    SELECT * FROM commits WHERE stream = ? AND root IS NULL
    UNION ALL SELECT later.* FROM commits later JOIN commits first ON later.root = first.position
    WHERE first.stream = ? AND first.root IS NULL ORDER BY seq`);
  const feed = journal.prepare('SELECT * FROM commits WHERE position > ? ORDER BY position LIMIT ?');
  const firsts = journal.prepare(
    'SELECT position, stream FROM commits WHERE root IS NULL AND position > ? ORDER BY position LIMIT ?',
  );

  function* items(): Generator<FeedItem> {
    let rows = feed.all(0, BATCH) as Row[];
    while (rows.length > 0) {
      for (const row of rows) yield itemOf(row);
      rows = feed.all(rows.at(-1)?.position ?? 0, BATCH) as Row[];
    }
  }

  function stream(id: string): readonly FeedItem[] {
    return (ofStream.all(id, id) as Row[]).map(itemOf);
  }

  function* streams(): Generator<readonly FeedItem[]> {
    let rows = firsts.all(0, BATCH) as { position: number; stream: string }[];
    while (rows.length > 0) {
      for (const first of rows) yield stream(first.stream);
      rows = firsts.all(rows.at(-1)?.position ?? 0, BATCH) as { position: number; stream: string }[];
    }
  }

  const parked = derived.prepare('SELECT seq FROM parked WHERE stream = ?');

  /** The commit behind which a payment waits; null when it is not parked. */
  function parkedAt(stream: string): number | null {
    return (parked.get(stream) as { seq: number } | undefined)?.seq ?? null;
  }

  /** Commits are hashed, but where they lie is not. */
  function findMisfiled(): { stream: string; seq: number } | null {
    return (journal.prepare(MISFILED).get() as { stream: string; seq: number } | undefined) ?? null;
  }

  function positionOf(consumer: string): number {
    const row = derived.prepare('SELECT position FROM positions WHERE consumer = ?').get(consumer) as
      | { position: number }
      | undefined;
    return row?.position ?? 0;
  }

  return {
    journal,
    derived,
    items,
    stream,
    streams,
    parkedAt,
    findMisfiled,
    positionOf,
    close: () => {
      derived.close();
      journal.close();
    },
  };
}

export type Snapshot = ReturnType<typeof openSnapshot>;

type PublicKey = { kty: string; crv: string; x: string; kid: string };

/** The public half of the key that signs the journal's roots. */
export function readRecordKey(folder: string): PublicKey {
  const { record_signing_key: key } = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')) as {
    record_signing_key: PublicKey;
  };
  const { kty, crv, x, kid } = key;
  return { kty, crv, x, kid };
}

function readOnly(path: string): DatabaseSync {
  if (!existsSync(path))
    throw new Fault(
      'file_missing',
      `there is no ${path}: nothing to verify, or another data folder is meant (FLORIN_DATA)`,
      { retryable: false },
    );
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  db.exec('BEGIN');
  // The snapshot is taken by the first read.
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
  return db;
}

function itemOf({ position, stream, seq, commit_id: commitId, facts, personal, hash }: Row): FeedItem {
  const commit: StoredCommit = { stream, seq, commitId, facts, personal, hash };
  return { position, commit };
}
