import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '#core/kit/fault.ts';
import type { DeliveryQueue, EventStore } from '#core/webhooks/ports.ts';
import { createGroupCommit } from './groupCommit.ts';
import { openDatabase, storageFault } from './open.ts';
import { createEventStore, EVENTS_SCHEMA } from './webhookEvents.ts';
import { createDeliveryQueue, createDeliveryWriter, DELIVERIES_SCHEMA } from './webhookQueue.ts';

const SCHEMA = `
  CREATE TABLE source (journal_id TEXT NOT NULL, tell_from INTEGER NOT NULL, position INTEGER NOT NULL) STRICT;
  ${EVENTS_SCHEMA}
  ${DELIVERIES_SCHEMA}
`;
const APPLICATION_ID = 0x464c4f57; // FLOW
const SCHEMA_VERSION = 1;
/** When the file was lost, what is younger is told again, with the same ids; what is older was most probably delivered. */
const TOLD_AGAIN_MS = 24 * 60 * 60 * 1000;

export type SqliteWebhooksOptions = {
  folder: string;
  journalId: string;
  journalHead: number;
  /** Milliseconds since the epoch. */
  now: number;
  /** Called once a read or write has failed for a reason that time won't cure, a full disk above all. */
  onFailed: (fault: Error) => void;
};

/**
 * What merchants are told, in a file of its own: the events follow the feed like all that is derived, and what has become of their deliveries is
 * written in the same transactions. That can't be made again, so this file is not deleted when the derived one is.
 */
export function openSqliteWebhooks({ folder, journalId, journalHead, now, onFailed }: SqliteWebhooksOptions): {
  events: EventStore;
  queue: DeliveryQueue;
  close: () => void;
} {
  const path = join(folder, 'webhooks.sqlite');
  const db = openDatabase({
    path,
    applicationId: APPLICATION_ID,
    schemaVersion: SCHEMA_VERSION,
    schema: SCHEMA,
    synchronous: 'NORMAL',
    remedy: 'move it away, and the next start makes it again: events of the last day are then told again',
  });
  const source = sourceOf(db, { path, journalId, journalHead, tellFrom: journalHead === 0 ? 0 : now - TOLD_AGAIN_MS });
  const listeners = new Set<() => void>();
  let isNews = false;
  const group = createGroupCommit(db, {
    path,
    onFailed,
    onCommitted: () => {
      if (!isNews) return;
      isNews = false;
      for (const listener of listeners) listener();
    },
  });
  const access: Access = {
    db,
    write: group.write,
    read: (select) => {
      try {
        return select();
      } catch (cause) {
        const fault = storageFault(path, cause);
        if (!fault.retryable) onFailed(fault);
        throw fault;
      }
    },
    note: () => {
      isNews = true;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const writer = createDeliveryWriter(access);
  // Nobody else has this folder: who was sending has died.
  writer.endLeases();
  return {
    events: createEventStore(access, { writer, ...source }),
    queue: createDeliveryQueue(access, writer),
    close: () => db.close(),
  };
}

export type Access = {
  db: DatabaseSync;
  write: <Value>(work: () => Value) => Promise<Value>;
  read: <Value>(select: () => Value) => Value;
  /** Says, within a write, that listeners are to be told once it is durable. */
  note: () => void;
  subscribe: (listener: () => void) => () => void;
};

type Source = { path: string; journalId: string; journalHead: number; tellFrom: number };

function sourceOf(db: DatabaseSync, { path, journalId, journalHead, tellFrom }: Source) {
  const known = db.prepare('SELECT journal_id AS journalId, tell_from AS tellFrom, position FROM source').get() as
    | { journalId: string; tellFrom: number; position: number }
    | undefined;
  if (known === undefined) {
    db.prepare('INSERT INTO source VALUES (?, ?, 0)').run(journalId, tellFrom);
    return { tellFrom, position: 0 };
  }
  const remedy = `If journal.sqlite is the right one, move ${path} away: events of the last day are then told again`;
  if (known.journalId !== journalId)
    throw new Fault('webhooks_foreign', `${path} belongs to another journal. ${remedy}`, { retryable: false });
  if (known.position > journalHead)
    throw new Fault(
      'journal_behind',
      `${path} has seen ${known.position} commits and journal.sqlite has ${journalHead}: the journal has lost some. ${remedy}`,
      { retryable: false },
    );
  return { tellFrom: known.tellFrom, position: known.position };
}
