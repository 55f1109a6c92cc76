import assert from 'node:assert/strict';
import test from 'node:test';
import { ENDPOINTS_MAX } from './endpoints.ts';
import { createTestWebhooks } from './testKit.ts';

const START = 1_700_000_000_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const fields = { url: 'https://shop.example/', events: ['*'] as const, description: null };

async function withOne() {
  const world = createTestWebhooks({ start: START });
  const created = await world.endpoints.create('mer_1', fields);
  assert.ok(created.ok);
  return { ...world, ...created.value, id: created.value.endpoint.id };
}

test('an endpoint is registered with a secret of its own, sealed, and found by its merchant alone', async () => {
  const { endpoints, documents, endpoint, secret, id } = await withOne();
  assert.match(secret.reveal(), /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.match(id, /^whe_[0-9a-z]{32}$/);
  assert.deepEqual(await endpoints.get('mer_1', id), { ok: true, value: endpoint });
  assert.deepEqual(await endpoints.get('mer_2', id), { ok: false, error: { code: 'webhook_endpoint_not_found' } });
  assert.deepEqual(await endpoints.list('mer_2'), []);
  assert.deepEqual((await documents.get('webhook_endpoints/mer_1', id))?.version, 1);
  assert.deepEqual(
    (await endpoints.openSecrets(endpoint)).map((key) => key.reveal()),
    [secret.reveal()],
  );
});

test('what may not be is refused, and nothing is stored', async () => {
  const world = createTestWebhooks({ start: START });
  world.refuseUrls('address_forbidden');
  const refused = { ok: false, error: { code: 'webhook_url_refused', reason: 'address_forbidden' } };
  assert.deepEqual(await world.endpoints.create('mer_1', fields), refused);
  assert.deepEqual(await world.endpoints.list('mer_1'), []);
  world.refuseUrls(null);
  const { endpoints, refuseUrls, id } = await withOne();
  refuseUrls('address_forbidden');
  assert.deepEqual(await endpoints.update('mer_1', id, { url: 'https://other.example/' }), refused);
  assert.equal((await endpoints.update('mer_1', id, { description: 'd' })).ok, true);
});

test('a merchant has a limit, and another merchant its own', async () => {
  const { endpoints } = createTestWebhooks({ start: START });
  for (let n = 0; n < ENDPOINTS_MAX; n += 1) assert.ok((await endpoints.create('mer_1', fields)).ok);
  assert.deepEqual(await endpoints.create('mer_1', fields), {
    ok: false,
    error: { code: 'too_many_webhook_endpoints' },
  });
  assert.ok((await endpoints.create('mer_2', fields)).ok);
});

test('what is not named stays', async () => {
  const { endpoints, endpoint, id, pass } = await withOne();
  pass(1000);
  const changed = await endpoints.update('mer_1', id, { events: ['payment.succeeded'] });
  assert.deepEqual(changed, {
    ok: true,
    value: { ...endpoint, version: 2, events: ['payment.succeeded'], updatedAt: START + 1000 },
  });
  assert.equal((await endpoints.update('mer_2', id, {})).ok, false);
});

test('the former secret lives for as long as is said, and two live at most', async () => {
  const { endpoints, id, secret: first, pass } = await withOne();
  const live = async () => {
    const found = await endpoints.get('mer_1', id);
    assert.ok(found.ok);
    return (await endpoints.openSecrets(found.value)).map((key) => key.reveal());
  };
  const rotate = async (seconds: number) => {
    const rotated = await endpoints.rotateSecret('mer_1', id, seconds);
    assert.ok(rotated.ok);
    return rotated.value.secret.reveal();
  };
  const second = await rotate(60);
  assert.deepEqual(await live(), [second, first.reveal()]);
  pass(60_000);
  assert.deepEqual(await live(), [second]);
  const third = await rotate(60);
  const fourth = await rotate(60);
  assert.deepEqual(await live(), [fourth, third]);
  const fifth = await rotate(0);
  assert.deepEqual(await live(), [fifth]);
  assert.equal((await endpoints.rotateSecret('mer_2', id, 0)).ok, false);
});

test('what waits for an endpoint that is disabled or deleted is dead', async () => {
  for (const [end, reason] of [
    ['disable', 'endpoint_disabled'],
    ['delete', 'endpoint_deleted'],
  ] as const) {
    const { endpoints, queue, id } = await withOne();
    const waiting = { merchant: 'mer_1', endpoint: id, event: 'e', type: 'payment.created', content: null } as const;
    await queue.add([{ id: 'del_1', createdAt: START, ...waiting }], START);
    if (end === 'disable') await endpoints.update('mer_1', id, { enabled: false });
    else await endpoints.remove('mer_1', id);
    assert.deepEqual((await queue.find('del_1'))?.state, { status: 'dead', reason, at: START });
  }
});

test('enabled again it has never failed, and is enabled since then', async () => {
  const { endpoints, queue, id, pass } = await withOne();
  const attempt = { at: START, durationMs: 1, succeeded: false, status: 500, failure: null, responseStart: '' };
  const state = { status: 'dead', reason: 'attempts_used_up', at: START } as const;
  await queue.settle({ id: 'del_1', endpoint: id }, { attempt, state });
  await endpoints.disable('mer_1', id, 'failing');
  pass(DAY_MS);
  const enabled = await endpoints.update('mer_1', id, { enabled: true });
  assert.deepEqual(enabled.ok && enabled.value.state, { enabled: true, since: START + DAY_MS });
  assert.deepEqual(await queue.settle({ id: 'del_2', endpoint: id }, { attempt: null, state }), {
    failingSince: null,
    failures: 0,
  });
  const same = await endpoints.update('mer_1', id, { enabled: true });
  assert.deepEqual(same.ok && same.value.state, { enabled: true, since: START + DAY_MS });
});

test('an endpoint is switched off once', async () => {
  const { endpoints, id } = await withOne();
  assert.deepEqual((await endpoints.disable('mer_1', id, 'gone'))?.state, {
    enabled: false,
    reason: 'gone',
    at: START,
  });
  assert.equal(await endpoints.disable('mer_1', id, 'failing'), null);
  assert.equal(await endpoints.disable('mer_1', 'whe_x', 'failing'), null);
});

test('all changes at once are all made', async () => {
  const { endpoints, id } = await withOne();
  const changes = [{ description: 'd' }, { url: 'https://other.example/' }, { enabled: false }] as const;
  await Promise.all(changes.map((change) => endpoints.update('mer_1', id, change)));
  const found = await endpoints.get('mer_1', id);
  assert.ok(found.ok);
  const { description, url, state, version } = found.value;
  assert.deepEqual([description, url, state.enabled, version], ['d', 'https://other.example/', false, 4]);
});

test('what is remembered of a merchant is never older than the last change', async () => {
  const { endpoints, id, documents } = await withOne();
  assert.equal((await endpoints.ofMerchant('mer_1')).length, 1);
  const read = documents.list;
  let reads = 0;
  documents.list = (...args) => {
    reads += 1;
    return read(...args);
  };
  await endpoints.ofMerchant('mer_1');
  assert.equal(reads, 0);
  await endpoints.update('mer_1', id, { enabled: false });
  assert.deepEqual(
    (await endpoints.ofMerchant('mer_1')).map(({ state }) => state.enabled),
    [false],
  );
  await endpoints.remove('mer_1', id);
  assert.deepEqual(await endpoints.ofMerchant('mer_1'), []);
  assert.equal(reads, 2);
});

test('a list that could not be read is read again', async () => {
  const { endpoints, documents } = await withOne();
  const read = documents.list;
  documents.list = () => Promise.reject(new Error('no'));
  await endpoints.create('mer_9', fields).catch(() => {});
  await assert.rejects(endpoints.ofMerchant('mer_9'));
  documents.list = read;
  assert.deepEqual(await endpoints.ofMerchant('mer_9'), []);
});

test('an endpoint that others change without end is a fault that can be retried', async () => {
  const { endpoints, documents, id } = await withOne();
  documents.put = async () => 'conflict';
  documents.remove = async () => 'conflict';
  await assert.rejects(endpoints.update('mer_1', id, { description: 'd' }), { code: 'contended', retryable: true });
  await assert.rejects(endpoints.remove('mer_1', id), { code: 'contended', retryable: true });
  await assert.rejects(endpoints.create('mer_1', fields), { code: 'id_taken' });
});
