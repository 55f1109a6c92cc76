import type { Database } from './database.ts';
import type { Clock } from './model.ts';

const PURGE_EVERY_WRITES = 1000;
const PURGE_ROWS = 2000;

export type Answer = { status: number; body: string };

export type Claim =
  | { status: 'new' }
  | { status: 'replay'; answer: Answer }
  | { status: 'reused' }
  | { status: 'in_flight' };

/** One use of a key: whose, which, and the hash of the request it came with. */
export type KeyUse = { account: string; key: string; hash: string };

export type Idempotency = ReturnType<typeof createIdempotency>;

/** Remembers the answers to keyed requests for a while, and which of them are being worked on right now. */
export function createIdempotency(deps: { database: Database; clock: Clock; windowMs: () => number }) {
  const { database, clock, windowMs } = deps;
  const find = database.prepare('SELECT hash, status, body, at FROM idempotency WHERE key = ? AND account = ?');
  const keep = database.prepare(
    'INSERT OR REPLACE INTO idempotency (account, key, hash, status, body, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const purge = database.prepare(
    `DELETE FROM idempotency WHERE seq IN (SELECT seq FROM idempotency ORDER BY seq LIMIT ${PURGE_ROWS}) AND at < ?`,
  );
  const inFlight = new Map<string, string>();
  let writes = 0;

  /** A `new` one is in flight until `release`. */
  function claim(use: KeyUse): Claim {
    const name = nameOf(use);
    const working = inFlight.get(name);
    if (working !== undefined) return { status: working === use.hash ? 'in_flight' : 'reused' };
    const row = find.get(use.key, use.account) as (Answer & { hash: string; at: number }) | undefined;
    if (row !== undefined && clock.now() - row.at < windowMs()) {
      if (row.hash !== use.hash) return { status: 'reused' };
      return { status: 'replay', answer: { status: row.status, body: row.body } };
    }
    inFlight.set(name, use.hash);
    return { status: 'new' };
  }

  /** Written in the same transaction as what it answers. */
  function remember(use: KeyUse, answer: Answer): void {
    database.begin();
    keep.run(use.account, use.key, use.hash, answer.status, answer.body, clock.now());
    writes += 1;
    if (writes % PURGE_EVERY_WRITES === 0) purge.run(clock.now() - windowMs());
  }

  function release(use: KeyUse): void {
    inFlight.delete(nameOf(use));
  }

  return { claim, remember, release };
}

/** Ids of accounts have no spaces (`createSimulator` checks), so no two uses share a name. */
function nameOf(use: KeyUse): string {
  return `${use.account} ${use.key}`;
}
