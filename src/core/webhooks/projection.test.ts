import assert from 'node:assert/strict';
import test from 'node:test';
import { createCommand, tell } from '#core/payments/testKit.ts';
import { PAYMENT_EVENT_TYPES } from './merchantEvents.ts';
import { EVENTS_KEPT_MS } from './projection.ts';
import { createTestWebhooks } from './testKit.ts';

const START = 1_700_000_000_000;
const payment = [createCommand(), tell(1, 'succeeded')];
const fields = { url: 'https://shop.example/', description: null };
const ALL = 2 ** PAYMENT_EVENT_TYPES.length - 1;

type World = ReturnType<typeof createTestWebhooks>;
const rowsOf = ({ events }: World, merchant = 'mer_1') =>
  events.list({ merchant, types: ALL, since: 0, upTo: null, limit: 100 });

async function deliveriesOf({ queue }: World) {
  const page = await queue.list({
    merchant: 'mer_1',
    endpoint: null,
    status: null,
    event: null,
    after: null,
    limit: 100,
  });
  assert.ok(page !== 'cursor_invalid');
  return page.deliveries.toReversed();
}

test('a commit that tells something has a row, one that tells nothing has none', async () => {
  const world = createTestWebhooks({ start: START });
  world.commit('1', [...payment, { type: 'operation.inquired', operation: 1, reason: 'r' }]);
  await world.follow();
  assert.deepEqual(
    (await rowsOf(world)).map(({ position, seq, types }) => [position, seq, types]),
    [
      [2, 2, 2 ** PAYMENT_EVENT_TYPES.indexOf('payment.authorized')],
      [1, 1, 1],
    ],
  );
  assert.equal(world.events.position(), 3);
  assert.deepEqual(await deliveriesOf(world), []);
});

test('each endpoint has a delivery of each event that it wants, once, however often a commit comes', async () => {
  const world = createTestWebhooks({ start: START });
  await world.endpoints.create('mer_1', { ...fields, events: ['*'] });
  await world.endpoints.create('mer_1', { ...fields, events: ['payment.authorized'] });
  await world.endpoints.create('mer_2', { ...fields, events: ['*'] });
  world.commit('1', payment);
  await Promise.all([world.follow(), world.follow()]);
  await world.follow();
  assert.deepEqual(
    (await deliveriesOf(world)).map(({ type }) => type),
    ['payment.created', 'payment.authorized', 'payment.authorized'],
  );
});

test('an endpoint hears nothing of what was before it, or while it was disabled', async () => {
  const world = createTestWebhooks({ start: START });
  world.commit('1', payment);
  world.pass(1000);
  const created = await world.endpoints.create('mer_1', { ...fields, events: ['payment.authorized'] });
  assert.ok(created.ok);
  const { id } = created.value.endpoint;
  world.commit('2', payment);
  await world.follow();
  await world.endpoints.update('mer_1', id, { enabled: false });
  world.pass(1000);
  world.commit('3', payment);
  world.pass(1000);
  await world.endpoints.update('mer_1', id, { enabled: true });
  world.commit('4', payment);
  await world.follow();
  const told = (await deliveriesOf(world)).map(({ event }) => event.slice(-5));
  assert.deepEqual(told, ['2_2_1', '4_2_1']);
});

test('when what was told is lost, only what is young is told again, and rows are made of all that is kept', async () => {
  const world = createTestWebhooks({ start: START, tellFrom: START + EVENTS_KEPT_MS });
  await world.endpoints.create('mer_1', { ...fields, events: ['payment.authorized'] });
  world.commit('1', payment);
  world.pass(EVENTS_KEPT_MS - 10_000);
  world.commit('2', payment);
  world.pass(20_000);
  world.commit('3', payment);
  await world.follow();
  assert.deepEqual(
    (await rowsOf(world)).map(({ payment: id }) => id.slice(-1)),
    ['3', '3', '2', '2'],
  );
  assert.deepEqual(
    (await deliveriesOf(world)).map(({ event }) => event.slice(-5)),
    ['3_2_1'],
  );
});

test('a commit that makes no sense is told to the operators, and the others are told on', async () => {
  const world = createTestWebhooks({ start: START });
  world.commit('1', [createCommand()]);
  world.commit('2', [createCommand()]);
  const broken = world.commits[0];
  assert.ok(broken);
  Object.assign(broken, { commit: { ...broken.commit, seq: 7 } });
  await world.follow();
  assert.deepEqual(world.errors, ['a commit could not be told to its merchant']);
  assert.deepEqual(
    (await rowsOf(world)).map(({ payment: id }) => id.slice(-1)),
    ['2'],
  );
});
