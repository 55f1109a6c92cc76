import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Inbox, InboxItem, QuarantinedItem, QuarantineReason } from '#core/ingress/ports.ts';
import { createGroupCommit, type GroupCommit } from './groupCommit.ts';
import { openDatabase, storageFault } from './open.ts';

/* `arrival` is the order in which the quarantine is listed. The partial indexes hold only what is looked for: most items are finished. */
const SCHEMA = `
  CREATE TABLE items (
    arrival INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    reason TEXT,
    result TEXT
  ) STRICT;
  CREATE INDEX items_waiting ON items (due_at) WHERE state = 'waiting';
  CREATE INDEX items_quarantined ON items (arrival) WHERE state = 'quarantined';
  CREATE INDEX items_finished ON items (received_at) WHERE state = 'finished';
`;
const APPLICATION_ID = 0x464c4f49; // FLOI
const SCHEMA_VERSION = 1;

type Row = {
  arrival: number;
  id: string;
  provider: string;
  account: string;
  body: Uint8Array;
  received_at: number;
  attempts: number;
  reason: string | null;
};

export type SqliteInboxOptions = {
  folder: string;
  /** Called once a read or write has failed for a reason that time won't cure, a full disk above all. */
  onFailed: (fault: Error) => void;
};

/** Webhooks in a file of their own: what was answered with 2xx must not be lost, and is no part of the truth about payments either. */
export function openSqliteInbox({ folder, onFailed }: SqliteInboxOptions): { inbox: Inbox; close: () => void } {
  const path = join(folder, 'inbox.sqlite');
  const db = openDatabase({
    path,
    applicationId: APPLICATION_ID,
    schemaVersion: SCHEMA_VERSION,
    schema: SCHEMA,
    synchronous: 'FULL',
    remedy: 'restore it from a backup; without one move it away, and what it held is learned by asking the providers',
  });
  const { subscribe, tell, note } = createNews();
  const group = createGroupCommit(db, { path, onFailed, onCommitted: tell });
  const read = <Value>(select: () => Value): Value => {
    try {
      return select();
    } catch (cause) {
      const fault = storageFault(path, cause);
      if (!fault.retryable) onFailed(fault);
      throw fault;
    }
  };
  const statements = prepare(db);
  const inbox = {
    ...changes(statements, { write: group.write, note }),
    ...questions(statements, read),
    subscribe,
  };
  return { inbox, close: () => db.close() };
}

type Changes = Pick<Inbox, 'receive' | 'finish' | 'retryAt' | 'quarantine' | 'release' | 'forget'>;

function changes(statements: Statements, { write, note }: Pick<GroupCommit, 'write'> & Pick<News, 'note'>): Changes {
  return {
    receive: ({ id, provider, account, body, receivedAt }) =>
      write(() => {
        const { changes: inserted } = statements.insert.run(id, provider, account, body, receivedAt, receivedAt);
        return note(inserted === 1) ? 'received' : 'duplicate';
      }),
    finish: (id, result) => write(() => void statements.finish.run(result, id)),
    retryAt: (id, { at, attempts, reason }) => write(() => void statements.retry.run(at, attempts, reason, id)),
    quarantine: (id, { attempts, reason }) => write(() => void statements.quarantine.run(attempts, reason, id)),
    release: (id, now) => write(() => note(statements.release.run(now, id).changes === 1)),
    forget: (receivedBefore, limit) => write(() => Number(statements.remove.run(receivedBefore, limit).changes)),
  };
}

type Read = <Value>(select: () => Value) => Value;

function questions(statements: Statements, read: Read): Pick<Inbox, 'due' | 'quarantined' | 'counts'> {
  const count = (statement: StatementSync) => read(() => (statement.get() as { n: number }).n);
  return {
    due: async (now, limit) => read(() => statements.due.all(now, limit) as Row[]).map(itemOf),
    quarantined: async (cursor, limit) => {
      const before = cursor === null ? Number.MAX_SAFE_INTEGER : readCursor(cursor);
      if (before === null) return 'cursor_invalid';
      const rows = read(() => statements.quarantined.all(before, limit + 1) as Row[]);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return { items: rows.slice(0, limit).map(heldOf), next: last === undefined ? null : writeCursor(last.arrival) };
    },
    counts: async () => ({ waiting: count(statements.countWaiting), quarantined: count(statements.countQuarantined) }),
  };
}

/** What was written into a transaction is told once that is durable. */
function createNews() {
  const listeners = new Set<() => void>();
  let isWritten = false;
  return {
    note: (isNews: boolean): boolean => {
      isWritten ||= isNews;
      return isNews;
    },
    tell: (): void => {
      if (!isWritten) return;
      isWritten = false;
      for (const listener of listeners) listener();
    },
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type News = ReturnType<typeof createNews>;

type Statements = ReturnType<typeof prepare>;

function prepare(db: DatabaseSync) {
  return {
    insert: db.prepare(`
      INSERT INTO items (id, provider, account, body, received_at, state, due_at, attempts)
      VALUES (?, ?, ?, ?, ?, 'waiting', ?, 0) ON CONFLICT (id) DO NOTHING`),
    due: db.prepare("SELECT * FROM items WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, arrival LIMIT ?"),
    finish: db.prepare("UPDATE items SET state = 'finished', result = ? WHERE id = ? AND state = 'waiting'"),
    retry: db.prepare("UPDATE items SET due_at = ?, attempts = ?, reason = ? WHERE id = ? AND state = 'waiting'"),
    quarantine: db.prepare(
      "UPDATE items SET state = 'quarantined', attempts = ?, reason = ? WHERE id = ? AND state = 'waiting'",
    ),
    quarantined: db.prepare(
      "SELECT * FROM items WHERE state = 'quarantined' AND arrival < ? ORDER BY arrival DESC LIMIT ?",
    ),
    release: db.prepare(`
      UPDATE items SET state = 'waiting', due_at = ?, attempts = 0, reason = NULL
      WHERE id = ? AND state = 'quarantined'`),
    remove: db.prepare(`
      DELETE FROM items WHERE arrival IN
      (SELECT arrival FROM items WHERE state = 'finished' AND received_at < ? ORDER BY received_at LIMIT ?)`),
    countWaiting: db.prepare("SELECT count(*) AS n FROM items WHERE state = 'waiting'"),
    countQuarantined: db.prepare("SELECT count(*) AS n FROM items WHERE state = 'quarantined'"),
  };
}

function itemOf({ id, provider, account, body, received_at: receivedAt, attempts }: Row): InboxItem {
  return { id, provider, account, body, receivedAt, attempts };
}

function heldOf(row: Row): QuarantinedItem {
  return { ...itemOf(row), reason: row.reason as QuarantineReason };
}

function writeCursor(arrival: number): string {
  return Buffer.from(`q1.${arrival}`).toString('base64url');
}

function readCursor(cursor: string): number | null {
  const arrival = /^q1\.([1-9]\d{0,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  return arrival === undefined ? null : Number(arrival);
}
