import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, charge, chargeBody, startBench } from './testKit.ts';

async function hold(bench: Bench): Promise<string> {
  return (await charge(bench, 'tok_approved', { capture: false, metadata: { order: '7' } })).id;
}

async function read(bench: Bench, id: string) {
  return (await bench.get(`/v1/charges/${id}`)).body;
}

test('captures in parts, up to what is authorized', async (t) => {
  const bench = await startBench(t);
  const id = await hold(bench);
  const first = await bench.post(`/v1/charges/${id}/captures`, { reference: 'c1', amount: 300, final: false });
  const { id: captureId, ...shown } = first.body;
  assert.match(captureId, /^simc_/);
  const shownWithoutTimes = Object.entries(shown).filter(([field]) => !field.endsWith('_at'));
  assert.deepEqual(Object.fromEntries(shownWithoutTimes), {
    object: 'capture',
    reference: 'c1',
    charge: id,
    charge_reference: 'ref-tok_approved',
    source: 'api',
    status: 'succeeded',
    amount: 300,
    currency: 'EUR',
    failure_code: null,
    version: 1,
    metadata: { order: '7' },
  });
  const over = await bench.post(`/v1/charges/${id}/captures`, { reference: 'c2', amount: 701, final: false });
  assert.deepEqual([over.status, over.body.error.code], [409, 'amount_exceeds_capturable']);
  await bench.post(`/v1/charges/${id}/captures`, { reference: 'c3', amount: 700, final: false });
  const done = await read(bench, id);
  assert.deepEqual([done.status, done.amount_captured, done.captures.length, done.version], ['succeeded', 1000, 2, 3]);
  const late = await bench.post(`/v1/charges/${id}/captures`, { reference: 'c4', amount: 1, final: false });
  assert.deepEqual([late.status, late.body.error.code], [409, 'charge_not_capturable']);
});

test('a final capture releases the rest', async (t) => {
  const bench = await startBench(t);
  const id = await hold(bench);
  await bench.post(`/v1/charges/${id}/captures`, { reference: 'c1', amount: 300, final: true });
  const done = await read(bench, id);
  assert.deepEqual([done.status, done.amount_captured, done.amount_capturable], ['succeeded', 300, 0]);
});

test('two captures at once that exceed together: one wins', async (t) => {
  const bench = await startBench(t);
  const id = await hold(bench);
  const both = [1, 2].map((n) =>
    bench.post(`/v1/charges/${id}/captures`, { reference: `c${n}`, amount: 600, final: false }),
  );
  const statuses = (await Promise.all(both)).map((reply) => reply.status).sort();
  assert.deepEqual(statuses, [200, 409]);
});

test('voids release what is held, and nothing that is captured', async (t) => {
  const bench = await startBench(t);
  const id = await hold(bench);
  const released = (await bench.post(`/v1/charges/${id}/voids`, { reference: 'v1' })).body;
  assert.deepEqual([released.object, released.status, released.amount], ['void', 'succeeded', 1000]);
  assert.equal((await read(bench, id)).status, 'canceled');
  const partly = await hold(bench);
  await bench.post(`/v1/charges/${partly}/captures`, { reference: 'c', amount: 300, final: false });
  const rest = (await bench.post(`/v1/charges/${partly}/voids`, { reference: 'v2' })).body;
  assert.equal(rest.amount, 700);
  assert.equal((await read(bench, partly)).status, 'succeeded');
  const sale = await charge(bench, 'tok_approved');
  const refused = await bench.post(`/v1/charges/${sale.id}/voids`, { reference: 'v3' });
  assert.deepEqual([refused.status, refused.body.error.code], [409, 'charge_not_voidable']);
});

test('refunds up to what is captured', async (t) => {
  const bench = await startBench(t);
  const { id } = await charge(bench, 'tok_approved');
  const refund = (await bench.post(`/v1/charges/${id}/refunds`, { reference: 'r1', amount: 600 })).body;
  assert.deepEqual([refund.object, refund.status], ['refund', 'succeeded']);
  const over = await bench.post(`/v1/charges/${id}/refunds`, { reference: 'r2', amount: 401 });
  assert.deepEqual([over.status, over.body.error.code], [409, 'amount_exceeds_refundable']);
  const held = await hold(bench);
  const none = await bench.post(`/v1/charges/${held}/refunds`, { reference: 'r3', amount: 1 });
  assert.deepEqual([none.status, none.body.error.code], [409, 'charge_not_refundable']);
});

test('cancel ends what waits, and only that', async (t) => {
  const bench = await startBench(t);
  await bench.behave({ webhook_delay_ms: 50 });
  const waiting = await charge(bench, 'tok_pending');
  assert.equal((await bench.post(`/v1/charges/${waiting.id}/cancel`, {})).body.status, 'canceled');
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.equal((await read(bench, waiting.id)).status, 'canceled');
  const sale = await charge(bench, 'tok_approved');
  const refused = await bench.post(`/v1/charges/${sale.id}/cancel`, {});
  assert.deepEqual([refused.status, refused.body.error.code], [409, 'charge_not_cancelable']);
});

test('inquiries find objects of every kind by their own reference, within the account', async (t) => {
  const bench = await startBench(t);
  const id = await hold(bench);
  await bench.post(`/v1/charges/${id}/captures`, { reference: 'op-2', amount: 500, final: false });
  await bench.post(`/v1/charges/${id}/refunds`, { reference: 'op-3', amount: 100 });
  const found = async (path: string) => (await bench.get(path)).body.data.map((item) => item.object);
  assert.deepEqual(await found('/v1/operations?reference=ref-tok_approved'), ['charge']);
  assert.deepEqual(await found('/v1/charges?reference=ref-tok_approved'), ['charge']);
  assert.deepEqual(await found('/v1/operations?reference=op-2'), ['capture']);
  assert.deepEqual(await found('/v1/operations?reference=op-3'), ['refund']);
  assert.deepEqual(await found('/v1/operations?reference=nothing'), []);
  const other = { headers: { Authorization: 'Bearer key_other' } };
  assert.deepEqual((await bench.send('GET', '/v1/operations?reference=op-2', other)).body.data, []);
  assert.equal((await bench.send('GET', `/v1/charges/${id}`, other)).status, 404);
  assert.equal((await bench.get('/v1/operations')).status, 400);
});

test('an eventual inquiry does not find what is too young', async (t) => {
  let now = 1_700_000_000_000;
  const bench = await startBench(t, { clock: { now: () => now } });
  await bench.behave({ inquiry_lag_ms: 5000 });
  const { reference } = chargeBody('tok_approved');
  await charge(bench, 'tok_approved');
  const count = async () => (await bench.get(`/v1/operations?reference=${reference}`)).body.data.length;
  assert.equal(await count(), 0);
  now += 5000;
  assert.equal(await count(), 1);
});

test('the dashboard captures and refunds, and settlement takes back', async (t) => {
  const bench = await startBench(t);
  const id = await hold(bench);
  const control = (verb: string, body: object) => bench.post(`/simulator/charges/${id}/${verb}`, body);
  const capture = (await control('dashboard_capture', { amount: 800 })).body;
  const refund = (await control('dashboard_refund', { amount: 200 })).body;
  assert.deepEqual([capture.reference, capture.source, refund.source], [null, 'dashboard', 'dashboard']);
  assert.equal((await control('settle_outcome', { refund: refund.id, outcome: 'reversed' })).body.status, 'reversed');
  const back = await control('settle_outcome', { capture: capture.id, outcome: 'reversed' });
  assert.deepEqual([back.body.status, back.body.version], ['reversed', 2]);
  const twice = await control('settle_outcome', { capture: capture.id, outcome: 'reversed' });
  assert.deepEqual([twice.status, twice.body.error.code], [409, 'capture_not_reversible']);
  const now = await read(bench, id);
  assert.deepEqual([now.amount_captured, now.amount_refunded, now.version], [0, 0, 5]);
});

test('the books are listed oldest first, page by page, and summed up', async (t) => {
  const bench = await startBench(t);
  for (let n = 0; n < 5; n += 1) await charge(bench, 'tok_approved', { reference: `r${n}` });
  await charge(bench, 'tok_declined');
  const first = (await bench.get('/simulator/charges?limit=4')).body;
  const second = (await bench.get(`/simulator/charges?limit=4&cursor=${first.next_cursor}`)).body;
  const references = [...first.data, ...second.data].map((item) => item.reference);
  assert.deepEqual(references, ['r0', 'r1', 'r2', 'r3', 'r4', 'ref-tok_declined']);
  assert.equal(second.next_cursor, null);
  assert.equal((await bench.get('/simulator/charges?reference=r3')).body.data.length, 1);
  assert.equal((await bench.get('/simulator/charges?limit=1001')).status, 400);
  assert.deepEqual((await bench.get('/simulator/charges/summary')).body as object, {
    count: 6,
    by_status: { declined: 1, succeeded: 5 },
    by_currency: { EUR: { authorized: 5000, captured: 5000, refunded: 0 } },
  });
});
