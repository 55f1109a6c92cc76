import type { Database } from './database.ts';
import type { Clock } from './model.ts';
import { createRowIndex } from './rowIndex.ts';

const PURGE_EVERY_WRITES = 1000;
const PURGE_ROWS = 2000;
const CANDIDATES_MAX = 10;

export type Answer = { status: number; body: string };

export type Claim =
  | { status: 'new' }
  | { status: 'replay'; answer: Answer }
  | { status: 'reused' }
  | { status: 'in_flight' };

/** One use of a key: whose, which, and the hash of the request it came with. */
export type KeyUse = { account: string; key: string; hash: string };

type Row = Answer & { hash: string; at: number };

export type Idempotency = ReturnType<typeof createIdempotency>;

/** Remembers the answers to keyed requests for a while, and which of them are being worked on right now. */
export function createIdempotency(deps: { database: Database; clock: Clock; windowMs: () => number }) {
  const { database, clock, windowMs } = deps;
  const find = database.prepare(
    'SELECT hash, status, body, at FROM idempotency WHERE seq = ? AND key = ? AND account = ?',
  );
  const keep = database.prepare(
    'INSERT INTO idempotency (account, key, hash, status, body, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const purge = database.prepare(
    `DELETE FROM idempotency WHERE seq IN (SELECT seq FROM idempotency ORDER BY seq LIMIT ${PURGE_ROWS}) AND at < ?`,
  );
  const oldest = database.prepare('SELECT min(seq) AS seq FROM idempotency');
  const rows = createRowIndex();
  const inFlight = new Map<string, string>();
  let writes = 0;
  for (const row of database.prepare('SELECT seq, account, key FROM idempotency ORDER BY seq').iterate()) {
    const { seq, account, key } = row as { seq: number; account: string; key: string };
    rows.add(nameOf({ account, key }), seq);
  }

  /** A `new` one is in flight until `release`. */
  function claim(use: KeyUse): Claim {
    const name = nameOf(use);
    const working = inFlight.get(name);
    if (working !== undefined) return { status: working === use.hash ? 'in_flight' : 'reused' };
    const row = newestRow(name, use);
    if (row !== undefined && clock.now() - row.at < windowMs()) {
      if (row.hash !== use.hash) return { status: 'reused' };
      return { status: 'replay', answer: { status: row.status, body: row.body } };
    }
    inFlight.set(name, use.hash);
    return { status: 'new' };
  }

  /** A key that was forgotten and used again has more than one row. */
  function newestRow(name: string, use: KeyUse): Row | undefined {
    for (const seq of rows.candidates(name, CANDIDATES_MAX)) {
      const row = find.get(seq, use.key, use.account) as Row | undefined;
      if (row !== undefined) return row;
    }
    return undefined;
  }

  /** Written in the same transaction as what it answers. */
  function remember(use: KeyUse, answer: Answer): void {
    database.begin();
    const kept = keep.run(use.account, use.key, use.hash, answer.status, answer.body, clock.now());
    rows.add(nameOf(use), Number(kept.lastInsertRowid));
    writes += 1;
    if (writes % PURGE_EVERY_WRITES === 0) forget();
  }

  function forget(): void {
    purge.run(clock.now() - windowMs());
    const { seq } = oldest.get() as { seq: number };
    database.whenDurable((durable) => {
      if (durable) rows.dropUpTo(seq - 1);
    });
  }

  function release(use: KeyUse): void {
    inFlight.delete(nameOf(use));
  }

  return { claim, remember, release };
}

/** Ids of accounts have no spaces (`createSimulator` checks), so no two uses share a name. */
function nameOf(use: { account: string; key: string }): string {
  return `${use.account} ${use.key}`;
}
