import type { StatementSync } from 'node:sqlite';
import type { Attempt, DeadReason, Delivery, DeliveryState, NewDelivery, Standing } from '#core/webhooks/delivery.ts';
import type { DeliveryQueue, Ready } from '#core/webhooks/ports.ts';
import type { Access } from './webhooks.ts';

/* `number` is the order in which deliveries were made. The partial indexes hold only what is looked for: the queue of each endpoint, and what has ended. */
export const DELIVERIES_SCHEMA = `
  CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    merchant TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    event TEXT NOT NULL,
    type TEXT NOT NULL,
    content TEXT,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    log TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_waiting ON deliveries (endpoint, at) WHERE status = 'waiting';
  CREATE INDEX deliveries_ended ON deliveries (created_at) WHERE status <> 'waiting';
  CREATE INDEX deliveries_by_merchant ON deliveries (merchant);
  CREATE INDEX deliveries_by_event ON deliveries (event);
  CREATE TABLE standings (endpoint TEXT PRIMARY KEY, failing_since INTEGER NOT NULL, failures INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;
const LOG_MAX = 20;
const WELL: Standing = { failingSince: null, failures: 0 };

/** `at`: when it is due, was delivered or died. */
type Row = Omit<NewDelivery, 'createdAt'> & {
  number: number;
  created_at: number;
  status: Delivery['state']['status'];
  reason: DeadReason | null;
  at: number;
  attempts: number;
  log: string;
};

/** What is done within a transaction of somebody else. */
export function createDeliveryWriter({ db }: Pick<Access, 'db'>) {
  const insert = db.prepare(`
    INSERT INTO deliveries (id, merchant, endpoint, event, type, content, created_at, status, at, lease_until, attempts, log)
    VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, 0, 0, '[]') ON CONFLICT (id) DO NOTHING`);
  const remove = db.prepare(`
    DELETE FROM deliveries WHERE number IN
    (SELECT number FROM deliveries WHERE status <> 'waiting' AND created_at < ? ORDER BY created_at LIMIT ?)`);
  const endLeases = db.prepare(`
    UPDATE deliveries SET at = created_at, lease_until = 0 WHERE status = 'waiting' AND lease_until > 0`);
  return {
    insert: ({ id, merchant, endpoint, event, type, content, createdAt }: NewDelivery, dueAt: number): number =>
      Number(insert.run(id, merchant, endpoint, event, type, content, createdAt, dueAt).changes),
    forget: (before: number, limit: number): number => Number(remove.run(before, limit).changes),
    endLeases: (): void => void endLeases.run(),
  };
}

export type DeliveryWriter = ReturnType<typeof createDeliveryWriter>;

export function createDeliveryQueue(access: Access, writer: DeliveryWriter): DeliveryQueue {
  const { db, write, read, note, subscribe } = access;
  const statements = {
    // One seek an endpoint, however long its queue is.
    ready: db.prepare(`
      WITH RECURSIVE endpoints(endpoint) AS (
        SELECT min(endpoint) FROM deliveries WHERE status = 'waiting'
        UNION ALL
        SELECT (SELECT min(endpoint) FROM deliveries WHERE status = 'waiting' AND endpoint > endpoints.endpoint)
        FROM endpoints WHERE endpoints.endpoint IS NOT NULL
      )
      SELECT endpoints.endpoint, failing_since AS failingSince, coalesce(failures, 0) AS failures,
        (SELECT merchant FROM deliveries d WHERE d.status = 'waiting' AND d.endpoint = endpoints.endpoint LIMIT 1) AS merchant
      FROM endpoints LEFT JOIN standings ON standings.endpoint = endpoints.endpoint
      WHERE (SELECT min(at) FROM deliveries d WHERE d.status = 'waiting' AND d.endpoint = endpoints.endpoint) <= ?`),
    due: db.prepare(
      "SELECT * FROM deliveries WHERE status = 'waiting' AND endpoint = ? AND at <= ? ORDER BY at, number LIMIT ?",
    ),
    lease: db.prepare('UPDATE deliveries SET at = ?, lease_until = ? WHERE number = ?'),
    byId: db.prepare('SELECT * FROM deliveries WHERE id = ?'),
    end: db.prepare(`
      UPDATE deliveries SET status = ?, reason = ?, at = ?, lease_until = 0, attempts = ?, log = ? WHERE number = ?`),
    abandon: db.prepare(`
      UPDATE deliveries SET status = 'dead', reason = ?, at = ?, lease_until = 0 WHERE status = 'waiting' AND endpoint = ?`),
    redeliver: db.prepare(`
      UPDATE deliveries SET status = 'waiting', reason = NULL, at = :now, lease_until = 0, attempts = 0
      WHERE id = :id AND NOT (status = 'waiting' AND lease_until > :now)`),
    standing: db.prepare('SELECT failing_since AS failingSince, failures FROM standings WHERE endpoint = ?'),
    fail: db.prepare(`
      INSERT INTO standings VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET failures = failures + 1
      RETURNING failing_since AS failingSince, failures`),
    forgive: db.prepare('DELETE FROM standings WHERE endpoint = ?'),
    list: db.prepare(`
      SELECT * FROM deliveries WHERE merchant = :merchant AND number < :before
      AND (:endpoint IS NULL OR endpoint = :endpoint) AND (:status IS NULL OR status = :status)
      ORDER BY number DESC LIMIT :limit`),
    listOfEvent: db.prepare(`
      SELECT * FROM deliveries WHERE event = :event AND merchant = :merchant AND number < :before
      AND (:endpoint IS NULL OR endpoint = :endpoint) AND (:status IS NULL OR status = :status)
      ORDER BY number DESC LIMIT :limit`),
    count: db.prepare('SELECT count(*) AS n FROM deliveries WHERE status = ?'),
  };
  const find = (id: string) => statements.byId.get(id) as Row | undefined;

  return {
    add: (deliveries, now) =>
      write(() => {
        let added = 0;
        for (const delivery of deliveries) added += writer.insert(delivery, now);
        if (added > 0) note();
      }),
    ready: async (now) => read(() => statements.ready.all(now) as Ready[]),
    take: (endpoint, { now, leaseUntil, limit }) =>
      write(() => {
        const rows = statements.due.all(endpoint, now, limit) as Row[];
        for (const { number } of rows) statements.lease.run(leaseUntil, leaseUntil, number);
        return rows.map((row) => deliveryOf({ ...row, at: leaseUntil }));
      }),
    settle: ({ id, endpoint }, { attempt, state }) =>
      write(() => {
        const row = find(id);
        if (row !== undefined && (row.status === 'waiting' || attempt?.succeeded === true))
          statements.end.run(...stateColumns(state), ...attemptColumns(row, attempt), row.number);
        return follow(statements, endpoint, attempt);
      }),
    abandon: (endpoint, { reason, at }) => write(() => Number(statements.abandon.run(reason, at, endpoint).changes)),
    forgive: (endpoint) => write(() => void statements.forgive.run(endpoint)),
    find: async (id) => {
      const row = read(() => find(id));
      return row === undefined ? null : deliveryOf(row);
    },
    list: async ({ event, after, limit, ...query }) => {
      const before = after === null ? Number.MAX_SAFE_INTEGER : readCursor(after);
      if (before === null) return 'cursor_invalid';
      const filter = { ...query, before, limit: limit + 1 };
      const rows = read(
        () =>
          (event === null ? statements.list.all(filter) : statements.listOfEvent.all({ ...filter, event })) as Row[],
      );
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        deliveries: rows.slice(0, limit).map(deliveryOf),
        next: last === undefined ? null : writeCursor(last.number),
      };
    },
    redeliver: (id, now) =>
      write(() => {
        if (statements.redeliver.run({ id, now }).changes === 1) note();
        return find(id) !== undefined;
      }),
    counts: async () => {
      const count = (status: string) => read(() => (statements.count.get(status) as { n: number }).n);
      return { waiting: count('waiting'), dead: count('dead') };
    },
    subscribe,
  };
}

/** The standing after an attempt. Endpoints that are well have no row. */
function follow(
  { standing, fail, forgive }: Record<'standing' | 'fail' | 'forgive', StatementSync>,
  endpoint: string,
  attempt: Attempt | null,
): Standing {
  if (attempt === null) return (standing.get(endpoint) as Standing | undefined) ?? WELL;
  if (!attempt.succeeded) return fail.get(endpoint, attempt.at) as Standing;
  forgive.run(endpoint);
  return WELL;
}

function stateColumns(state: DeliveryState): [string, string | null, number] {
  if (state.status === 'waiting') return [state.status, null, state.dueAt];
  return [state.status, state.status === 'dead' ? state.reason : null, state.at];
}

function attemptColumns(row: Row, attempt: Attempt | null): [number, string] {
  if (attempt === null) return [row.attempts, row.log];
  const log = [...(JSON.parse(row.log) as Attempt[]), attempt].slice(-LOG_MAX);
  return [row.attempts + 1, JSON.stringify(log)];
}

function deliveryOf(row: Row): Delivery {
  const { id, merchant, endpoint, event, type, content, created_at: createdAt, attempts, log } = row;
  const made = { id, merchant, endpoint, event, type, content, createdAt };
  return { ...made, state: stateOf(row), attempts, log: JSON.parse(log) as Attempt[] };
}

function stateOf({ status, reason, at }: Row): DeliveryState {
  if (status === 'waiting') return { status, dueAt: at };
  return status === 'dead' ? { status, reason: reason ?? 'attempts_used_up', at } : { status, at };
}

function writeCursor(number: number): string {
  return Buffer.from(`d1.${number}`).toString('base64url');
}

function readCursor(cursor: string): number | null {
  const number = /^d1\.([1-9]\d{0,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  return number === undefined ? null : Number(number);
}
