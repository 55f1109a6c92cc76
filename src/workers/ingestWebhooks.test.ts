import assert from 'node:assert/strict';
import test from 'node:test';
import type { IngestWebhook } from '#core/ingress/ingestWebhook.ts';
import { createMemoryInbox } from '#core/ingress/memory.ts';
import type { Inbox, InboxItem } from '#core/ingress/ports.ts';
import { createTestTimers } from '#core/kit/testKit.ts';
import { createIngestWebhooks } from './ingestWebhooks.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

type Held = { item: InboxItem; end: () => void };

/** A worker over a memory inbox; what it takes is held until the test ends it. The lane is what stands before the dash of an item's id. */
function start({ inbox = createMemoryInbox(), ingest }: { inbox?: Inbox; ingest?: IngestWebhook['ingest'] } = {}) {
  const timers = createTestTimers();
  const time = { now: 40 * DAY_MS };
  const held: Held[] = [];
  const errors: string[] = [];
  const hold = (item: InboxItem) =>
    new Promise<void>((resolve) => {
      held.push({ item, end: () => void inbox.finish(item.id, 'applied').then(resolve) });
    });
  const worker = createIngestWebhooks({
    inbox,
    ingestWebhook: { ingest: ingest ?? hold, laneOf: ({ id }) => id.split('-')[0] ?? '' },
    clock: { now: () => time.now, monotonic: () => time.now },
    timers,
    log: { info: () => {}, error: (message) => void errors.push(message) },
  });
  async function pass(ms: number): Promise<void> {
    time.now += ms;
    timers.advance(ms);
    await settle();
  }
  return { inbox, worker, held, errors, time, pass };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const receive = (inbox: Inbox, id: string, receivedAt = 1) =>
  inbox.receive({ id, provider: 'p', account: 'a', body: new Uint8Array([1]), receivedAt });

test('what has come is worked on at once', async () => {
  const { inbox, worker, held } = start();
  await receive(inbox, 'one-1');
  await settle();
  assert.deepEqual(
    held.map(({ item }) => item.id),
    ['one-1'],
  );
  held[0]?.end();
  await worker.stop();
});

test('of a payment one item at a time; others are not kept waiting', async () => {
  const { inbox, held } = start();
  for (const id of ['one-1', 'one-2', 'two-1']) await receive(inbox, id);
  await settle();
  assert.deepEqual(
    held.map(({ item }) => item.id),
    ['one-1', 'two-1'],
  );
  held[0]?.end();
  await settle();
  assert.deepEqual(
    held.map(({ item }) => item.id),
    ['one-1', 'two-1', 'one-2'],
  );
});

test('sixteen at once, and the next as soon as one is done', async () => {
  const { inbox, held } = start();
  for (let n = 0; n < 40; n += 1) await receive(inbox, `p${n}-1`);
  await settle();
  assert.equal(held.length, 16);
  held[3]?.end();
  await settle();
  assert.equal(held.length, 17);
});

test('what is due later is found by looking now and then', async () => {
  const { inbox, held, time, pass } = start();
  await receive(inbox, 'one-1', time.now + 5000);
  await settle();
  assert.equal(held.length, 0);
  await pass(4000);
  assert.equal(held.length, 0);
  await pass(1000);
  assert.equal(held.length, 1);
});

test('what was there before the start is worked on', async () => {
  const inbox = createMemoryInbox();
  await receive(inbox, 'one-1');
  const { held } = start({ inbox });
  await settle();
  assert.equal(held.length, 1);
});

test('stopping waits for what is in hand and takes nothing more', async () => {
  const { inbox, worker, held } = start();
  for (const id of ['one-1', 'one-2']) await receive(inbox, id);
  await settle();
  let isStopped = false;
  const stopping = worker.stop().then(() => (isStopped = true));
  await receive(inbox, 'two-1');
  await settle();
  assert.equal(isStopped, false);
  held[0]?.end();
  await stopping;
  assert.equal(held.length, 1);
  assert.equal((await inbox.counts()).waiting, 2);
});

test('an inbox that cannot be written pauses everything, and the item is tried again', async () => {
  let tries = 0;
  const { inbox, errors, pass } = start({
    ingest: async () => {
      tries += 1;
      throw new Error('full');
    },
  });
  await receive(inbox, 'one-1');
  await settle();
  assert.equal(tries, 1);
  await receive(inbox, 'two-1');
  await settle();
  assert.deepEqual([tries, errors.length], [1, 1]);
  await pass(1000);
  assert.ok(tries > 1);
});

test('an inbox that cannot be read is looked at again', async () => {
  const memory = createMemoryInbox();
  let isBroken = true;
  const due: Inbox['due'] = async (now, limit) => {
    if (isBroken) throw new Error('no');
    return await memory.due(now, limit);
  };
  const { inbox, held, errors, pass } = start({ inbox: { ...memory, due } });
  await receive(inbox, 'one-1');
  await settle();
  assert.ok(errors.length > 0 && held.length === 0);
  isBroken = false;
  await pass(1000);
  assert.equal(held.length, 1);
});

test('what is done is forgotten after thirty days, and a failure of that is only logged', async () => {
  const memory = createMemoryInbox();
  let isBroken = false;
  const forget: Inbox['forget'] = async (before, limit) => {
    if (isBroken) throw new Error('no');
    return await memory.forget(before, limit);
  };
  const { inbox, time, errors, pass } = start({
    inbox: { ...memory, forget },
    ingest: async (item) => await memory.finish(item.id, 'applied'),
  });
  await receive(inbox, 'old-1', time.now - 30 * DAY_MS);
  await receive(inbox, 'new-1', time.now - 29 * DAY_MS);
  await settle();
  await pass(1000);
  assert.equal(await receive(inbox, 'new-1'), 'duplicate');
  assert.equal(await receive(inbox, 'old-1'), 'received');
  isBroken = true;
  await pass(60_000);
  assert.deepEqual(errors, ['finished webhooks could not be deleted']);
});
