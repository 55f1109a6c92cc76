import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type Received, startReceiver } from '../support/receiver.ts';
import { withSeed } from '../support/seeded.ts';
import { startServer } from '../support/server.ts';
import { FORGETFUL, startSimulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { startLoad } from './load.ts';

const KILLS = 5;
const KILL_AFTER_MS = { min: 50, max: 500 };
const PAYMENTS_MAX = 600;
/** Now and then an endpoint is slow, so that deliveries are in flight when the process dies. */
const SLOW_ONE_IN = 20;
const SLOW_MS = 200;
/** Before each kill, so that there is something to deliver, however slow the machine is. */
const ANSWERED_EACH = 20;
const ANSWERED_TIMEOUT_MS = 30_000;
const LOOKED_AT = 20;
const TOLD_TIMEOUT_MS = 60_000;

type Event = { id: string; sequence: number; type: string; data: { id: string } };
type Page<Item> = { data: Item[]; next_cursor: string | null };

test('kill -9 while webhooks are on their way: every event arrives, under one id, and no sequence has a gap', async (t) => {
  await withSeed(async (dice) => {
    await using receiver = await startReceiver(async () => {
      if (dice.between(1, SLOW_ONE_IN) === 1) await sleep(SLOW_MS);
      return 204;
    });
    await using simulator = await startSimulator(FORGETFUL);
    await using server = await startServer({ folder: temporaryFolder(), simulatorUrl: simulator.url });
    await using client = await createApiClient(server);
    const registered = await client.call<{ id: string; secret: string }>('POST', '/v1/webhook_endpoints', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: receiver.url }),
    });
    assert.equal(registered.status, 201);
    await using load = startLoad({ client, dice, concurrency: 8, paymentsMax: PAYMENTS_MAX });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await until('payments are answered', () => load.answered() >= kill * ANSWERED_EACH, ANSWERED_TIMEOUT_MS);
      await sleep(dice.between(KILL_AFTER_MS.min, KILL_AFTER_MS.max));
      await server.kill();
      await server.restart();
    }
    const attempts = await load.stop();
    const ids = new Set(attempts.flatMap(({ answers }) => answers.map(({ body }) => body.id)));
    const get = (path: string) => client.call<Page<Event>>('GET', path);
    // Of a payment all events are read from the journal: none is late. The whole list says that no other is missing.
    await until(
      'every event has arrived',
      async () => {
        const arrived = new Set(receiver.received.map(idOf));
        if (!(await allOf(get, '/v1/events')).every(({ id }) => arrived.has(id))) return false;
        for (const id of [...ids].slice(-LOOKED_AT))
          if (!(await allOf(get, '/v1/events', `&payment=${id}`)).every((event) => arrived.has(event.id))) return false;
        return true;
      },
      TOLD_TIMEOUT_MS,
    );
    const bodies = new Map<string, string>();
    const all = [...receiver.received];
    for (const received of all) {
      new Webhook(registered.body.secret).verify(received.body, received.headers as Record<string, string>);
      const id = idOf(received);
      assert.equal(bodies.get(id) ?? received.body, received.body, `${id} is the same each time`);
      bodies.set(id, received.body);
    }
    const events = [...bodies.values()].map((body) => JSON.parse(body) as Event);
    for (const id of ids) {
      const ofPayment = events.filter(({ data }) => data.id === id).map(({ sequence }) => sequence);
      assert.deepEqual(
        ofPayment.sort((left, right) => left - right),
        ofPayment.map((_, index) => index + 1),
        id,
      );
      assert.ok(ofPayment.length > 0, `${id} was told`);
    }
    const repeated = all.length - bodies.size;
    t.diagnostic(`${ids.size} payments, ${bodies.size} events, ${repeated} of them arrived again`);
  });
});

function idOf({ headers }: Received): string {
  return String(headers['webhook-id']);
}

async function allOf<Item>(
  get: (path: string) => Promise<{ body: Page<Item> }>,
  path: string,
  filter = '',
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let cursor: string | null = null;
  do {
    const { body }: { body: Page<Item> } = await get(
      `${path}?limit=100${filter}${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    found.push(...body.data);
    cursor = body.next_cursor;
  } while (cursor !== null);
  return found;
}
