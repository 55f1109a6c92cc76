import { Agent, request } from 'node:http';
import { createAlarm } from './alarm.ts';
import type { Database } from './database.ts';
import type { Account, Clock, Log } from './model.ts';
import { SIGNATURE_HEADER, signWebhook } from './signature.ts';

const CONCURRENCY = 8;
const BATCH = 64;
const TIMEOUT_MS = 10_000;
const ATTEMPTS_MAX = 10;
/** After each failed attempt. */
const BACKOFF_MS = [1000, 5000, 30_000];
const BACKOFF_LAST_MS = 300_000;
const FAULT_PAUSE_MS = 1000;

type Delivery = { seq: number; account: string; body: string; attempts: number };

export type CourierDeps = {
  database: Database;
  accounts: ReadonlyMap<string, Account>;
  clock: Clock;
  log: Log;
};

/**
 * Delivers webhooks until they are answered by 2xx. The database is the queue: a delivery leaves it when it is done, so
 * a crash in between repeats a webhook and never loses one.
 */
export function createCourier(deps: CourierDeps) {
  const { database, accounts, clock, log } = deps;
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const dueNow = database.prepare(
    `SELECT seq, account, body, attempts FROM events WHERE due <= ? ORDER BY due, seq LIMIT ${BATCH + CONCURRENCY}`,
  );
  const nextDue = database.prepare('SELECT min(due) AS due FROM events WHERE due > ?');
  const remove = database.prepare('DELETE FROM events WHERE seq = ?');
  const postpone = database.prepare('UPDATE events SET attempts = ?, due = ? WHERE seq = ?');
  const alarm = createAlarm(clock, pump);
  const onTheWay = new Set<number>();
  let queue: Delivery[] = [];
  let stopped = false;

  /** One `now` for all of it: what falls due in between must not be missed by both questions. */
  function pump() {
    if (stopped) return;
    const now = clock.now();
    while (onTheWay.size < CONCURRENCY) {
      if (queue.length === 0) queue = load(now);
      const delivery = queue.shift();
      if (delivery === undefined) return rest(now);
      onTheWay.add(delivery.seq);
      send(delivery);
    }
  }

  function load(now: number): Delivery[] {
    const rows = dueNow.all(now) as Delivery[];
    return rows.filter((row) => !onTheWay.has(row.seq));
  }

  /** All that is due is on its way: sleep until something else is due. */
  function rest(now: number): void {
    const row = nextDue.get(now) as { due: number | null };
    if (row.due !== null) alarm.set(row.due);
  }

  function send(delivery: Delivery) {
    const account = accounts.get(delivery.account);
    if (account?.webhookUrl === undefined) return settle(delivery, 'no address');
    const body = Buffer.from(delivery.body);
    const headers: Record<string, string | number> = {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
    };
    if (account.webhookSecret !== undefined) {
      headers[SIGNATURE_HEADER] = signWebhook(account.webhookSecret, clock.now(), delivery.body);
    }
    let told = false;
    const once = (failure: string | null): void => {
      if (told) return;
      told = true;
      clearTimeout(deadline);
      settle(delivery, failure);
    };
    const outgoing = request(account.webhookUrl, { method: 'POST', agent, headers }, (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      response.on('error', () => once('connection lost'));
      response.on('end', () => once(status >= 200 && status < 300 ? null : `status ${status}`));
    });
    const deadline = setTimeout(() => outgoing.destroy(new Error('timed out')), TIMEOUT_MS);
    outgoing.on('error', (error) => once(error.message));
    outgoing.on('close', () => once('connection lost'));
    outgoing.end(body);
  }

  function settle(delivery: Delivery, failure: string | null) {
    if (stopped) return;
    try {
      database.begin();
      record(delivery, failure);
    } catch (error) {
      database.spoil();
      log('the end of a webhook could not be written', { error: String(error) });
    }
    database.whenDurable((durable) => {
      onTheWay.delete(delivery.seq);
      // Not written down: it is due again, but not in a loop that a full disk would turn.
      if (durable) pump();
      else alarm.set(clock.now() + FAULT_PAUSE_MS);
    });
  }

  function record(delivery: Delivery, failure: string | null): void {
    const attempts = delivery.attempts + 1;
    if (failure === null || attempts >= ATTEMPTS_MAX) remove.run(delivery.seq);
    else {
      const due = clock.now() + (BACKOFF_MS[attempts - 1] ?? BACKOFF_LAST_MS);
      postpone.run(attempts, due, delivery.seq);
      alarm.set(due);
    }
    if (failure !== null && attempts >= ATTEMPTS_MAX) log('a webhook was given up', { attempts, failure });
  }

  function stop(): void {
    stopped = true;
    alarm.stop();
    agent.destroy();
  }

  return { start: pump, dueAt: alarm.set, stop };
}
