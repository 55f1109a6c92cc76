import { encodeOperation } from './codec.ts';
import type { Database } from './database.ts';
import type { NewId } from './ids.ts';
import type { Account, ChargeRecord, Clock, Operation } from './model.ts';
import { scriptOf } from './tokens.ts';

/** The least spread of duplicate webhooks, so that they are out of order even without a delay. */
const DUPLICATE_SPREAD_MS = 20;

/** When a webhook leaves: a reply's gives the reply a head start, a later change's leaves at once. */
export type Departure = 'after_reply' | 'at_once';

/** `chargeBody` is the charge's wire form at that version, which need not be its last. */
type Change = { chargeBody: string; version: number; changed: Operation[]; departure: Departure };

export type Outbox = ReturnType<typeof createOutbox>;

export type OutboxDeps = {
  database: Database;
  accounts: ReadonlyMap<string, Account>;
  clock: Clock;
  newId: NewId;
  delayMs: () => number;
  wanted: () => boolean;
  /** Tells whoever delivers that there is something due at that time. */
  onDue: (due: number) => void;
};

/** Writes down the webhooks to send, in the transaction of the change that they tell. */
export function createOutbox(deps: OutboxDeps) {
  const { database, accounts, clock, newId } = deps;
  const insert = database.prepare('INSERT INTO events (account, body, attempts, due) VALUES (?, ?, 0, ?)');

  function isWanted(record: ChargeRecord): boolean {
    return deps.wanted() && accounts.get(record.account)?.webhookUrl !== undefined;
  }

  /** One event for the charge and one for each operation that changed with it. */
  function tell(record: ChargeRecord, change: Change): void {
    if (!isWanted(record)) return;
    const base = clock.now() + (change.departure === 'after_reply' ? deps.delayMs() : 0);
    for (const operation of change.changed) {
      const body = encodeOperation(record.charge, operation);
      add(record, { type: `${operation.object}.updated`, body, version: operation.version, base });
    }
    add(record, { type: 'charge.updated', body: change.chargeBody, version: change.version, base });
  }

  function add(record: ChargeRecord, event: { type: string; body: string; version: number; base: number }): void {
    const { account, token } = record;
    const createdAt = new Date(clock.now()).toISOString();
    const id = newId('evt_');
    const head = `{"id":"${id}","type":"${event.type}","account":"${account}","created_at":"${createdAt}"`;
    const body = `${head},"data":${event.body}}`;
    const delays = scriptOf(token)?.duplicateWebhooks ? duplicateDelays(event.version, deps.delayMs()) : [0];
    database.begin();
    for (const delay of delays) {
      insert.run(account, body, event.base + delay);
      deps.onDue(event.base + delay);
    }
  }

  return { tell };
}

/**
 * Three times each, and a newer version before the older one and again in between:
 *
 *   time         0    1    2    3    4   (spreads)
 *   version 1         x    x         x
 *   version 2    x    x         x
 */
function duplicateDelays(version: number, delayMs: number): number[] {
  const spread = Math.max(delayMs, DUPLICATE_SPREAD_MS);
  return version % 2 === 1 ? [spread, 2 * spread, 4 * spread] : [0, spread, 3 * spread];
}
