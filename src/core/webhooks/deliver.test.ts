import assert from 'node:assert/strict';
import test from 'node:test';
import { Fault } from '#core/kit/fault.ts';
import { createCommand, tell } from '#core/payments/testKit.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { ATTEMPTS_MAX } from './retries.ts';
import { answered, createTestWebhooks } from './testKit.ts';

const START = 1_700_000_000_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const payment = [createCommand(), tell(1, 'succeeded')];

async function createWorld(events: WebhookEndpoint['events'] = ['payment.authorized']) {
  const world = createTestWebhooks({ start: START });
  const register = async (wanted: WebhookEndpoint['events'], url = 'https://shop.example/') => {
    const created = await world.endpoints.create('mer_1', { url, events: wanted, description: null });
    assert.ok(created.ok);
    return created.value.endpoint.id;
  };
  const endpoint = await register(events);
  const all = async (status: 'waiting' | 'delivered' | 'dead' | null = null) => {
    const query = { merchant: 'mer_1', endpoint: null, status, event: null, after: null, limit: 100 };
    const page = await world.queue.list(query);
    assert.ok(page !== 'cursor_invalid');
    return page.deliveries;
  };
  return { ...world, endpoint, register, all };
}

test('what was taken is signed, sent and delivered', async () => {
  const world = await createWorld();
  world.commit('1', payment);
  await world.follow();
  await world.deliverDue();
  const [request] = world.sent;
  const [delivery] = await world.all();
  assert.equal(request?.url, 'https://shop.example/');
  assert.deepEqual(JSON.parse(request?.body ?? ''), { id: delivery?.event, type: 'payment.authorized', sequence: 2 });
  assert.equal(request?.headers['webhook-id'], delivery?.event);
  assert.equal(request?.headers['webhook-timestamp'], String(START / 1000));
  assert.match(request?.headers['webhook-signature'] ?? '', /^v1,[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual([delivery?.state, delivery?.log[0]?.durationMs], [{ status: 'delivered', at: START }, 12]);
  assert.equal(request?.timeoutMs, 15_000);
});

test('one that fails is tried again later and later, always under one id, and then is dead', async () => {
  const world = await createWorld();
  world.answer(() => answered(500, { bodyStart: 'no' }));
  world.commit('1', payment);
  await world.follow();
  const waits: number[] = [];
  for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts += 1) {
    await world.deliverDue();
    const [delivery] = await world.all('waiting');
    if (delivery?.state.status !== 'waiting') break;
    waits.push(delivery.state.dueAt - world.now());
    world.pass(waits.at(-1) ?? 0);
  }
  assert.deepEqual(waits.slice(0, 3), [5000, 300_000, 1_800_000]);
  assert.equal(world.sent.length, ATTEMPTS_MAX);
  assert.equal(new Set(world.sent.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size, 1);
  const [dead] = await world.all('dead');
  assert.deepEqual(dead?.state.status === 'dead' && dead.state.reason, 'attempts_used_up');
  assert.equal(dead?.log.length, ATTEMPTS_MAX);
});

test('chance makes it later, and so does an endpoint that asks for it', async () => {
  const world = await createWorld();
  const dueIn = async () => {
    await world.deliverDue();
    const [delivery] = await world.all('waiting');
    return delivery?.state.status === 'waiting' ? delivery.state.dueAt - world.now() : null;
  };
  world.rollDice(255);
  world.answer(() => answered(500));
  world.commit('1', payment);
  await world.follow();
  assert.equal(await dueIn(), 6000);
  world.pass(6000);
  world.answer(() => answered(503, { retryAfter: '1800' }));
  assert.equal(await dueIn(), 1_800_000);
});

test('what it answers is kept as its first characters, in one line, without card numbers', async () => {
  const world = await createWorld();
  const card = ['4242', '4242', '4242', '4242'].join('');
  world.answer(() => answered(400, { bodyStart: `a\r\nb\u0000${card} ${'x'.repeat(900)}` }));
  world.commit('1', payment);
  await world.follow();
  await world.deliverDue();
  const start = (await world.all())[0]?.log[0]?.responseStart ?? '';
  assert.equal(start.length, 256);
  assert.match(start, /^a b /);
  assert.ok(!start.includes('424242424242'));
});

test('no answer at all is a failure with its reason', async () => {
  const world = await createWorld();
  world.answer(() => ({ kind: 'failed', reason: 'timeout', durationMs: 15_000 }));
  world.commit('1', payment);
  await world.follow();
  await world.deliverDue();
  const [attempt] = (await world.all())[0]?.log ?? [];
  assert.deepEqual(
    [attempt?.succeeded, attempt?.status, attempt?.failure, attempt?.responseStart],
    [false, null, 'timeout', null],
  );
});

test('410 ends it and switches the endpoint off; the others are told once, even if it is found out twice', async () => {
  const world = await createWorld();
  const other = await world.register(['webhook_endpoint.disabled'], 'https://other.example/');
  await world.register(['payment.created'], 'https://third.example/');
  world.answer(({ url }) => answered(url === 'https://shop.example/' ? 410 : 204));
  for (const key of ['1', '2']) world.commit(key, payment);
  await world.follow();
  await world.deliverDue();
  await world.deliverDue();
  const found = await world.endpoints.get('mer_1', world.endpoint);
  assert.deepEqual(found.ok && found.value.state, { enabled: false, reason: 'gone', at: START });
  const notices = world.sent.filter(({ url }) => url === 'https://other.example/');
  assert.equal(notices.length, 1);
  const notice = JSON.parse(notices[0]?.body ?? '') as { type: string; endpoint: string };
  assert.deepEqual([notice.type, notice.endpoint], ['webhook_endpoint.disabled', world.endpoint]);
  const atEndpoint = (await world.all()).filter(({ endpoint }) => endpoint === world.endpoint);
  assert.deepEqual(atEndpoint.map(({ state }) => state.status === 'dead' && state.reason).sort(), [
    'endpoint_disabled',
    'endpoint_gone',
  ]);
  assert.deepEqual(world.errors, ['a webhook endpoint was switched off']);
  assert.ok((await world.all('delivered')).some(({ endpoint }) => endpoint === other));
});

test('what a crash cut off is done by whoever finds it', async () => {
  const world = await createWorld();
  await world.register(['webhook_endpoint.disabled'], 'https://other.example/');
  world.commit('1', payment);
  await world.follow();
  await world.endpoints.disable('mer_1', world.endpoint, 'failing');
  await world.deliverDue();
  await world.deliverDue();
  assert.deepEqual(
    world.sent.map(({ url }) => url),
    ['https://other.example/'],
  );
  const [dead] = await world.all('dead');
  assert.deepEqual(dead?.state, { status: 'dead', reason: 'endpoint_disabled', at: START });
});

test('nothing but failure for five days, ten times at least, switches it off; one success begins anew', async () => {
  const world = await createWorld();
  const isEnabled = async () => {
    const found = await world.endpoints.get('mer_1', world.endpoint);
    return found.ok && found.value.state.enabled;
  };
  let key = 0;
  const fail = async (status: number) => {
    key += 1;
    world.answer(() => answered(status));
    world.commit(String(key), payment);
    await world.follow();
    await world.deliverDue();
  };
  await fail(500);
  world.pass(6 * DAY_MS);
  await fail(500);
  assert.equal(await isEnabled(), true, 'failed for days, but hardly asked');
  await fail(204);
  for (let n = 0; n < 12; n += 1) await fail(500);
  assert.equal(await isEnabled(), true, 'failed often, but not for days');
  world.pass(5 * DAY_MS - 1);
  await fail(500);
  assert.equal(await isEnabled(), true);
  world.pass(1);
  await fail(500);
  assert.equal(await isEnabled(), false);
  const found = await world.endpoints.get('mer_1', world.endpoint);
  assert.equal(found.ok && !found.value.state.enabled && found.value.state.reason, 'failing');
  assert.deepEqual(await world.all('waiting'), []);
});

test('an endpoint that is gone or disabled is not sent anything', async () => {
  for (const end of ['delete', 'disable'] as const) {
    const world = await createWorld();
    world.commit('1', payment);
    await world.follow();
    const [taken] = await world.queue.take(world.endpoint, { now: START, leaseUntil: START + 1, limit: 1 });
    assert.ok(taken);
    if (end === 'delete') await world.endpoints.remove('mer_1', world.endpoint);
    else await world.endpoints.update('mer_1', world.endpoint, { enabled: false });
    assert.equal(await world.deliver(taken, () => false), null);
    assert.deepEqual(world.sent, []);
  }
});

test('an event that is no longer there is dead, one that can not be read waits for another version', async () => {
  const world = await createWorld(['payment.created', 'payment.authorized']);
  world.commit('1', payment);
  await world.follow();
  const [stream = ''] = world.streams.keys();
  world.faults.set(stream, new Fault('commit_damaged', 'damaged', { retryable: false }));
  await world.deliverDue();
  assert.deepEqual((await world.all('waiting')).length, 2);
  assert.equal(world.errors[0], 'an event could not be read');
  world.faults.clear();
  world.streams.clear();
  world.pass(60 * 60 * 1000);
  await world.deliverDue();
  assert.deepEqual(
    (await world.all('dead')).map(({ state }) => state.status === 'dead' && state.reason),
    ['event_gone', 'event_gone'],
  );
  assert.deepEqual(world.sent, []);
});

test('a storage that fails is a fault, and the lease brings it back', async () => {
  const world = await createWorld();
  world.commit('1', payment);
  await world.follow();
  const [taken] = await world.queue.take(world.endpoint, { now: START, leaseUntil: START + 10, limit: 1 });
  assert.ok(taken);
  const [stream = ''] = world.streams.keys();
  world.faults.set(stream, new Fault('storage_busy', 'busy', { retryable: true }));
  await assert.rejects(
    world.deliver(taken, () => false),
    { code: 'storage_busy' },
  );
  assert.equal((await world.queue.ready(START + 10)).length, 1);
});

test('one that was given up while it was sent writes nothing down', async () => {
  const world = await createWorld();
  world.commit('1', payment);
  await world.follow();
  const [taken] = await world.queue.take(world.endpoint, { now: START, leaseUntil: START + 10, limit: 1 });
  assert.ok(taken);
  assert.equal(await world.deliver(taken, () => true), null);
  assert.deepEqual([world.sent.length, (await world.all())[0]?.log], [1, []]);
});

test('redelivered, it is sent again under its id; another merchant’s is not found', async () => {
  const world = await createWorld();
  world.commit('1', payment);
  await world.follow();
  await world.deliverDue();
  const [delivery] = await world.all();
  const id = delivery?.id ?? '';
  assert.deepEqual(await world.deliveries.redeliver('mer_2', id), {
    ok: false,
    error: { code: 'webhook_delivery_not_found' },
  });
  assert.ok((await world.deliveries.redeliver('mer_1', id)).ok);
  await world.deliverDue();
  assert.equal(world.sent[0]?.headers['webhook-id'], world.sent[1]?.headers['webhook-id']);
  await world.endpoints.update('mer_1', world.endpoint, { enabled: false });
  const disabled = await world.deliveries.redeliver('mer_1', id);
  assert.deepEqual(disabled, { ok: false, error: { code: 'webhook_endpoint_disabled' } });
  await world.endpoints.remove('mer_1', world.endpoint);
  const deleted = await world.deliveries.redeliver('mer_1', id);
  assert.deepEqual(deleted, { ok: false, error: { code: 'webhook_endpoint_not_found' } });
});

test('a test is sent at once, also to an endpoint that is disabled, and is no failure of it', async () => {
  const world = await createWorld();
  await world.endpoints.update('mer_1', world.endpoint, { enabled: false });
  world.answer(() => answered(500));
  const tested = await world.deliveries.test('mer_1', world.endpoint);
  assert.ok(tested.ok);
  assert.deepEqual([tested.value.attempt.status, world.sent.length, (await world.all()).length], [500, 1, 0]);
  assert.equal(JSON.parse(world.sent[0]?.body ?? '').type, 'webhook_endpoint.test');
  assert.equal((await world.deliveries.test('mer_2', world.endpoint)).ok, false);
});

test('the deliveries of a payment are those of its events', async () => {
  const world = await createWorld(['*']);
  const history = world.commit('1', payment);
  world.commit('2', payment);
  await world.follow();
  const found = await world.deliveries.ofPayment(history.stream, history.versions);
  assert.deepEqual(
    found.map(({ type }) => type),
    ['payment.created', 'payment.authorized'],
  );
  assert.ok((await world.deliveries.get('mer_1', found[0]?.id ?? '')).ok);
  assert.equal((await world.deliveries.get('mer_2', found[0]?.id ?? '')).ok, false);
  const query = { merchant: 'mer_1', endpoint: null, status: null, event: null, limit: 9 };
  assert.ok((await world.deliveries.list({ ...query, after: null })).ok);
  assert.equal((await world.deliveries.list({ ...query, after: 'x' })).ok, false);
});
