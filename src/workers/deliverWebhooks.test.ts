import assert from 'node:assert/strict';
import test from 'node:test';
import type { Log } from '#core/kit/log.ts';
import { createTestTimers } from '#core/kit/testKit.ts';
import type { Delivered } from '#core/webhooks/deliver.ts';
import type { Delivery } from '#core/webhooks/delivery.ts';
import { createMemoryWebhooks } from '#core/webhooks/memory.ts';
import { createDeliverWebhooks } from './deliverWebhooks.ts';

const START = 1_700_000_000_000;
const WELL = { failingSince: null, failures: 0, waitMs: 0 };

type Behavior = (delivery: Delivery) => { ms: number; succeeds: boolean; waitMs?: number };

/** A world of virtual time: each attempt takes as long as the endpoint's behavior says. */
function createWorld(behaviorOf: (endpoint: string) => Behavior) {
  const timers = createTestTimers();
  let now = 0;
  const clock = { now: () => START + now, monotonic: () => now };
  const { queue, events } = createMemoryWebhooks();
  const errors: string[] = [];
  const log: Log = { info: () => {}, error: (message) => void errors.push(message) };
  const sent: { endpoint: string; id: string; at: number; endedAt: number | null }[] = [];
  const standings = new Map<string, number>();

  function deliverWebhook(delivery: Delivery, isGivenUp: () => boolean): Promise<Delivered> {
    const { ms, succeeds, waitMs = 0 } = behaviorOf(delivery.endpoint)(delivery);
    const record = { endpoint: delivery.endpoint, id: delivery.id, at: now, endedAt: null as number | null };
    sent.push(record);
    return new Promise((resolve) => {
      timers.after(ms, () => {
        record.endedAt = now;
        if (isGivenUp()) return resolve(null);
        const attempt = {
          at: START + now,
          durationMs: ms,
          succeeded: succeeds,
          status: 200,
          failure: null,
          responseStart: '',
        };
        const state = succeeds
          ? ({ status: 'delivered', at: START + now } as const)
          : ({ status: 'waiting', dueAt: START + now + 60_000 } as const);
        const failures = succeeds ? 0 : (standings.get(delivery.endpoint) ?? 0) + 1;
        standings.set(delivery.endpoint, failures);
        void queue
          .settle(delivery, { attempt, state })
          .then(() => resolve({ ...WELL, failures, durationMs: ms, waitMs }));
      });
    });
  }

  const worker = createDeliverWebhooks({ queue, deliverWebhook, clock, timers, log });
  const add = (endpoint: string, count: number, first = 0) =>
    queue.add(
      Array.from({ length: count }, (_, n) => ({
        id: `del_${endpoint}_${first + n}`,
        merchant: 'mer_1',
        endpoint,
        event: `evt_${first + n}`,
        type: 'payment.created' as const,
        content: null,
        createdAt: START,
      })),
      clock.now(),
    );
  /** Moves time by small steps, so that what waits for a promise gets its turn. */
  async function run(ms: number): Promise<void> {
    for (const end = now + ms; now < end; ) {
      await settle();
      now += 5;
      timers.advance(5);
    }
    await settle();
  }
  return { queue, events, worker, errors, sent, add, run, now: () => now };
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 12; turns += 1) await Promise.resolve();
}

const quick: Behavior = () => ({ ms: 20, succeeds: true });
const slow: Behavior = () => ({ ms: 10_000, succeeds: true });
const dead: Behavior = () => ({ ms: 15_000, succeeds: false });
const broken: Behavior = () => ({ ms: 10, succeeds: false });

test('what is due is delivered, once each', async () => {
  const world = createWorld(() => quick);
  await world.add('whe_1', 50);
  await world.run(2000);
  assert.equal(world.sent.length, 50);
  assert.equal(new Set(world.sent.map(({ id }) => id)).size, 50);
  assert.deepEqual(await world.queue.counts(), { waiting: 0, dead: 0 });
  await world.worker.stop();
});

test('what is not due waits for its time', async () => {
  const world = createWorld(() => broken);
  await world.add('whe_1', 1);
  await world.run(59_000);
  assert.equal(world.sent.length, 1);
  await world.run(3000);
  assert.equal(world.sent.length, 2);
  await world.worker.stop();
});

test('slow, dead and broken endpoints, however many, delay no healthy one', async () => {
  const behaviors: readonly Behavior[] = [quick, slow, dead, broken];
  const kindOf = (endpoint: string) => Number(endpoint.slice('whe_'.length)) % 4;
  const endedAt = async (others: boolean) => {
    const world = createWorld((endpoint) => behaviors[kindOf(endpoint)] ?? quick);
    for (let n = 0; n < 200; n += 1) if (others || n % 4 === 0) await world.add(`whe_${n}`, 10);
    await world.run(20_000);
    const healthy = world.sent.filter(({ endpoint }) => kindOf(endpoint) === 0);
    assert.equal(healthy.length, 500);
    void world.worker.stop();
    return Math.max(...healthy.map((one) => one.endedAt ?? Number.POSITIVE_INFINITY));
  };
  const [alone, among] = [await endedAt(false), await endedAt(true)];
  assert.ok(among <= alone + 50, `alone ${alone} ms, among the sick ${among} ms`);
});

test('hundreds of endpoints that die while they have much in hand delay the healthy by no more than the time that is slow', async () => {
  let isDead = false;
  const world = createWorld((endpoint) => (endpoint.startsWith('whe_d') && isDead ? dead : quick));
  for (let n = 0; n < 300; n += 1) await world.add(`whe_d${n}`, 10);
  await world.run(5000);
  isDead = true;
  for (let n = 0; n < 300; n += 1) await world.add(`whe_d${n}`, 20, 100);
  await world.run(500);
  const began = world.now();
  for (let n = 0; n < 20; n += 1) await world.add(`whe_h${n}`, 10);
  await world.run(20_000);
  const healthy = world.sent.filter(({ endpoint }) => endpoint.startsWith('whe_h'));
  assert.equal(healthy.length, 200);
  const took = Math.max(...healthy.map((one) => one.endedAt ?? Number.POSITIVE_INFINITY)) - began;
  assert.ok(took <= 5000, `${took} ms`);
  void world.worker.stop();
});

test('one that fails is asked one at a time, one that is well by several', async () => {
  const atOnce = (sent: { at: number; endedAt: number | null }[]) =>
    Math.max(...sent.map(({ at }) => sent.filter((other) => other.at <= at && (other.endedAt ?? at) > at).length));
  const world = createWorld((endpoint) =>
    endpoint === 'whe_well' ? () => ({ ms: 100, succeeds: true }) : () => ({ ms: 100, succeeds: false }),
  );
  await world.add('whe_well', 100);
  await world.add('whe_failing', 100);
  await world.run(3000);
  assert.equal(atOnce(world.sent.filter(({ endpoint }) => endpoint === 'whe_well')), 8);
  assert.equal(atOnce(world.sent.filter(({ endpoint }) => endpoint === 'whe_failing')), 1);
  void world.worker.stop();
});

test('endpoints have their turn: a long queue goes first at no one’s cost', async () => {
  const world = createWorld(() => quick);
  await world.add('whe_long', 1000);
  await world.add('whe_short', 1);
  await world.run(100);
  assert.equal(world.sent.filter(({ endpoint }) => endpoint === 'whe_short').length, 1);
  void world.worker.stop();
});

test('more endpoints than there are places have their turn one after the other', async () => {
  const world = createWorld(() => () => ({ ms: 100, succeeds: true }));
  for (let n = 0; n < 600; n += 1) await world.add(`whe_${n}`, 5);
  await world.run(250);
  assert.equal(new Set(world.sent.map(({ endpoint }) => endpoint)).size, 600);
  void world.worker.stop();
});

test('endpoints that are known to fail, more than there are places, take none from the healthy', async () => {
  const world = createWorld((endpoint) => (endpoint.startsWith('whe_d') ? dead : quick));
  const attempt = { at: START, durationMs: 1, succeeded: false, status: 500, failure: null, responseStart: '' };
  const state = { status: 'dead', reason: 'attempts_used_up', at: START } as const;
  for (let n = 0; n < 600; n += 1) {
    await world.queue.settle({ id: 'del_earlier', endpoint: `whe_d${n}` }, { attempt, state });
    await world.add(`whe_d${n}`, 1);
  }
  for (let n = 0; n < 20; n += 1) await world.add(`whe_h${n}`, 5);
  await world.run(1000);
  const healthy = world.sent.filter(({ endpoint }) => endpoint.startsWith('whe_h'));
  assert.deepEqual([healthy.length, healthy.every(({ endedAt }) => endedAt !== null)], [100, true]);
  void world.worker.stop();
});

test('one that asks to be left alone is left alone', async () => {
  const world = createWorld(() => () => ({ ms: 10, succeeds: false, waitMs: 30_000 }));
  await world.add('whe_1', 5);
  await world.run(29_000);
  assert.equal(world.sent.length, 1);
  await world.run(3000);
  assert.equal(world.sent.length, 2);
  void world.worker.stop();
});

test('a queue that can not be read, and a delivery that throws, are told, and everything goes on', async () => {
  const world = createWorld(() => quick);
  const { take } = world.queue;
  let broken_ = true;
  world.queue.take = (...args) => (broken_ ? Promise.reject(new Error('no')) : take(...args));
  await world.add('whe_1', 3);
  await world.run(100);
  assert.deepEqual(world.errors, ['the deliveries of an endpoint could not be taken']);
  broken_ = false;
  await world.run(2500);
  assert.equal(world.sent.length, 3);
  await world.worker.stop();
});

test('after a stop nothing is begun, and what is still in hand writes nothing', async () => {
  const world = createWorld(() => slow);
  await world.add('whe_1', 5);
  await world.run(50);
  const stopping = world.worker.stop();
  await world.run(3000);
  await stopping;
  assert.equal(world.sent.length, 1);
  await world.run(20_000);
  assert.equal(world.sent.length, 1);
  assert.equal((await world.queue.counts()).waiting, 5);
});
