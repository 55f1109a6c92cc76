import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createSimulator } from '#simulator/simulator.ts';
import type { Behavior } from './behavior.ts';
import { charge, chargeBody, startBench } from './testKit.ts';

test('the same key and body get the first answer again, another body does not', async (t) => {
  const bench = await startBench(t);
  const first = await bench.post('/v1/charges', chargeBody('tok_approved'), 'k');
  const again = await bench.post('/v1/charges', chargeBody('tok_approved'), 'k');
  assert.deepEqual(again.body, first.body);
  assert.deepEqual(
    [first, again].map((reply) => reply.headers.get('idempotent-replayed')),
    [null, 'true'],
  );
  const other = await bench.post('/v1/charges', chargeBody('tok_approved', { amount: 2 }), 'k');
  assert.deepEqual([other.status, other.body.error.code], [422, 'idempotency_key_reused']);
  assert.equal((await bench.get('/simulator/charges/summary')).body.count, 1);
});

test('keys belong to an account', async (t) => {
  const bench = await startBench(t);
  const first = await bench.post('/v1/charges', chargeBody('tok_approved'), 'k');
  const headers = { Authorization: 'Bearer key_other' };
  const other = await bench.post('/v1/charges', chargeBody('tok_approved'), 'k', { headers });
  assert.notEqual(other.body.id, first.body.id);
});

test('while the first is in flight, the second is told so', async (t) => {
  const bench = await startBench(t);
  await bench.behave({ latency_ms: 60 });
  const first = bench.post('/v1/charges', chargeBody('tok_approved'), 'k');
  await new Promise((resolve) => setTimeout(resolve, 20));
  const second = await bench.post('/v1/charges', chargeBody('tok_approved'), 'k');
  assert.deepEqual([second.status, second.body.error.code], [409, 'idempotency_in_flight']);
  assert.equal((await first).status, 200);
});

test('keys are forgotten after their window', async (t) => {
  let now = 1_700_000_000_000;
  const bench = await startBench(t, { clock: { now: () => now } });
  await bench.behave({ idempotency_window_ms: 1000 });
  const first = await bench.post('/v1/charges', chargeBody('tok_approved'), 'k');
  now += 999;
  assert.equal((await bench.post('/v1/charges', chargeBody('tok_approved'), 'k')).body.id, first.body.id);
  now += 1;
  assert.notEqual((await bench.post('/v1/charges', chargeBody('tok_approved'), 'k')).body.id, first.body.id);
});

test('verdicts are remembered, misunderstandings are not', async (t) => {
  const bench = await startBench(t);
  const { id } = await charge(bench, 'tok_approved', { capture: false });
  const asked = { reference: 'r', amount: 5 };
  const refused = await bench.post(`/v1/charges/${id}/refunds`, asked, 'k');
  await bench.post(`/v1/charges/${id}/captures`, { reference: 'c', amount: 5, final: true });
  const again = await bench.post(`/v1/charges/${id}/refunds`, asked, 'k');
  assert.deepEqual([refused.status, again.status, again.headers.get('idempotent-replayed')], [409, 409, 'true']);
  assert.equal((await bench.post('/v1/charges', { nonsense: 1 }, 'k2')).status, 400);
  assert.equal((await bench.post('/v1/charges', chargeBody('tok_approved'), 'k2')).status, 200);
});

test('who does not say who calls, how often, or what, is refused', async (t) => {
  const bench = await startBench(t);
  const headers = { Authorization: 'Bearer wrong' };
  assert.equal((await bench.post('/v1/charges', chargeBody('tok_approved'), 'k', { headers })).status, 401);
  const keyless = await bench.send('POST', '/v1/charges', { body: JSON.stringify(chargeBody('tok_approved')) });
  assert.deepEqual([keyless.status, keyless.body.error.code], [400, 'idempotency_key_required']);
  const plain = { headers: { 'Content-Type': 'text/plain' } };
  assert.equal((await bench.post('/v1/charges', chargeBody('tok_approved'), 'k', plain)).status, 415);
  assert.equal((await bench.post('/v1/charges', { reference: 'x'.repeat(70_000) }, 'k')).status, 413);
  assert.equal((await bench.get('/v1/charges/sim_nothing')).status, 404);
  assert.equal((await bench.post('/v1/charges/sim_nothing/voids', { reference: 'v' })).status, 404);
  assert.equal((await bench.get('/elsewhere')).status, 404);
});

test('bodies are read strictly, and the wrong field is named', async (t) => {
  const bench = await startBench(t);
  const wrong: [string, object][] = [
    ['amount', { amount: 0 }],
    ['amount', { amount: 1.5 }],
    ['amount', { amount: '5' }],
    ['currency', { currency: 'eur' }],
    ['reference', { reference: '' }],
    ['capture', { capture: 'yes' }],
    ['return_url', { return_url: 'nowhere' }],
    ['metadata', { metadata: { a: 1 } }],
    ['card_number', { card_number: '4' }],
  ];
  for (const [field, more] of wrong) {
    const reply = await bench.post('/v1/charges', chargeBody('tok_approved', more));
    assert.deepEqual([reply.status, reply.body.error.field], [400, field]);
  }
});

test('behaviour is changed in part, strictly, and shown', async (t) => {
  const bench = await startBench(t);
  const changed = await bench.behave({ latency_ms: 1, seed: 9 });
  const shown = JSON.parse(changed.text) as Behavior;
  assert.deepEqual([shown.latency_ms, shown.seed, shown.outage], [1, 9, false]);
  assert.deepEqual((await bench.get('/simulator/behavior')).body, changed.body);
  for (const wrong of [{ drop_rate: 2 }, { outage: 1 }, { latency_ms: -1 }, { speed: 1 }]) {
    assert.equal((await bench.behave({ latency_ms: 7, ...wrong })).status, 400);
  }
  assert.equal((await bench.get('/simulator/behavior')).text, changed.text);
});

test('faults strike before or after, as they are named', async (t) => {
  const bench = await startBench(t);
  const count = async () => (await bench.get('/simulator/charges/summary')).body.count;
  await bench.behave({ failure_rate: 1 });
  assert.equal((await bench.post('/v1/charges', chargeBody('tok_approved'))).status, 500);
  assert.equal(await count(), 0);
  await bench.behave({ failure_rate: 0, http_502_rate: 1 });
  assert.equal((await bench.post('/v1/charges', chargeBody('tok_approved'))).status, 502);
  assert.equal(await count(), 1);
  await bench.behave({ http_502_rate: 0, drop_rate: 1 });
  await assert.rejects(bench.post('/v1/charges', chargeBody('tok_approved')));
  assert.equal(await count(), 2);
  await bench.behave({ drop_rate: 0, outage: true });
  await assert.rejects(bench.post('/v1/charges', chargeBody('tok_approved')));
  assert.equal(await count(), 2);
  await bench.behave({ outage: false });
  await charge(bench, 'tok_approved');
});

test('a seed repeats the same faults', async (t) => {
  const bench = await startBench(t);
  const run = async () => {
    await bench.behave({ failure_rate: 0.5, seed: 42 });
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await bench.post('/v1/charges', chargeBody('tok_approved'))).status);
    return statuses;
  };
  const first = await run();
  assert.deepEqual(await run(), first);
  assert.equal(new Set(first).size, 2);
});

test('it closes quickly, whatever hangs', async (t) => {
  const bench = await startBench(t);
  const body = JSON.stringify(chargeBody('tok_timeout_lost'));
  const socket = connect(Number(new URL(bench.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  const head =
    'POST /v1/charges HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key_test\r\nContent-Type: application/json\r\n';
  socket.write(`${head}Idempotency-Key: k\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const began = performance.now();
  await Promise.all([bench.close(), once(socket, 'close')]);
  assert.ok(performance.now() - began < 1000);
});

test('it listens on loopback only, and wants proper accounts', async () => {
  const accounts = [{ id: 'a', apiKey: 'k' }];
  const simulator = createSimulator({ file: ':memory:', accounts });
  await assert.rejects(simulator.listen(0, '0.0.0.0'), /loopback/);
  await simulator.close();
  assert.throws(() => createSimulator({ file: ':memory:', accounts: [...accounts, ...accounts] }), /API key/);
  const remote = [{ id: 'a', apiKey: 'k', webhookUrl: 'https://example.com' }];
  assert.throws(() => createSimulator({ file: ':memory:', accounts: remote }), /http:/);
});
