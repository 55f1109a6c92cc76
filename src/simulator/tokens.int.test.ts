import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, charge, chargeBody, eventually, startBench, startReceiver } from './testKit.ts';

/** Longer than any answer on loopback takes. */
const SILENCE_MS = 120;

async function read(bench: Bench, id: string) {
  return (await bench.get(`/v1/charges/${id}`)).body;
}

test('tok_approved is captured at once, or held', async (t) => {
  const bench = await startBench(t);
  const sale = await charge(bench, 'tok_approved', { metadata: { order: '7' } });
  assert.match(sale.id, /^sim_[0-9a-z]{28}$/);
  assert.equal(sale.token, undefined);
  assert.deepEqual(
    [sale.status, sale.amount, sale.amount_authorized, sale.amount_captured, sale.amount_capturable, sale.version],
    ['succeeded', 1000, 1000, 1000, 0, 1],
  );
  assert.deepEqual(sale.metadata, { order: '7' });
  assert.equal(sale.captures[0]?.source, 'charge');
  const held = await charge(bench, 'tok_approved', { capture: false });
  assert.deepEqual([held.status, held.amount_captured, held.amount_capturable], ['authorized', 0, 1000]);
});

test('the declining tokens decline with their codes', async (t) => {
  const bench = await startBench(t);
  const codes = {
    tok_declined: 'do_not_honor',
    tok_insufficient_funds: 'insufficient_funds',
    tok_expired_card: 'expired_card',
    tok_fraud: 'suspected_fraud',
  };
  for (const [token, code] of Object.entries(codes)) {
    const declined = await charge(bench, token);
    assert.deepEqual([declined.status, declined.decline_code, declined.amount_authorized], ['declined', code, 0]);
  }
});

test('unknown tokens, and the one that never arrives, are refused', async (t) => {
  const bench = await startBench(t);
  for (const token of ['tok_connection_refused', 'tok_nonsense']) {
    const reply = await bench.post('/v1/charges', chargeBody(token));
    assert.deepEqual([reply.status, reply.body.error.code, reply.body.error.field], [400, 'invalid_token', 'token']);
  }
});

test('tok_pending gets its outcome a moment later', async (t) => {
  const receiver = await startReceiver(t);
  const bench = await startBench(t, { webhookUrl: receiver.url });
  const pending = await charge(bench, 'tok_pending');
  assert.equal(pending.status, 'pending');
  const hook = await eventually(() => receiver.hooks.find((found) => found.body.data.status === 'succeeded'));
  assert.ok(hook.body.type.endsWith('.updated'));
  const settled = await read(bench, pending.id);
  assert.deepEqual([settled.status, settled.version], ['succeeded', 2]);
});

test('tok_timeout_approved takes the money and never answers; inquiry and resend find it', async (t) => {
  const bench = await startBench(t);
  const body = chargeBody('tok_timeout_approved');
  const signal = AbortSignal.timeout(SILENCE_MS);
  await assert.rejects(bench.post('/v1/charges', body, 'same', { signal }), { name: 'TimeoutError' });
  const found = (await bench.get(`/v1/operations?reference=${body.reference}`)).body.data;
  assert.deepEqual([found.length, found[0]?.status], [1, 'succeeded']);
  const again = await bench.post('/v1/charges', body, 'same');
  assert.deepEqual([again.status, again.body.id], [200, found[0]?.id]);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
});

test('tok_timeout_lost records nothing and never answers, not even a resend', async (t) => {
  const bench = await startBench(t);
  const body = chargeBody('tok_timeout_lost');
  const attempts = [1, 2].map(() =>
    assert.rejects(bench.post('/v1/charges', body, 'same', { signal: AbortSignal.timeout(SILENCE_MS) })),
  );
  await Promise.all(attempts);
  assert.deepEqual((await bench.get(`/v1/operations?reference=${body.reference}`)).body.data, []);
});

test('tok_http_502 takes the money and answers HTML; a resend gets the real answer', async (t) => {
  const bench = await startBench(t);
  const body = chargeBody('tok_http_502');
  const first = await bench.post('/v1/charges', body, 'same');
  assert.equal(first.status, 502);
  assert.match(first.text, /^<!DOCTYPE html>/);
  const again = await bench.post('/v1/charges', body, 'same');
  assert.deepEqual([again.status, again.body.status], [200, 'succeeded']);
});

test('tok_amount_mismatch and tok_partial_approval approve other amounts', async (t) => {
  const bench = await startBench(t);
  const more = await charge(bench, 'tok_amount_mismatch');
  assert.deepEqual([more.amount, more.amount_authorized, more.amount_captured], [1000, 1100, 1100]);
  const half = await charge(bench, 'tok_partial_approval', { amount: 999 });
  assert.deepEqual([half.amount, half.amount_authorized, half.status], [999, 499, 'succeeded']);
});

test('tok_dashboard_refund is refunded by nobody we know', async (t) => {
  const bench = await startBench(t);
  const { id } = await charge(bench, 'tok_dashboard_refund');
  const refunded = await eventually(async () => {
    const now = await read(bench, id);
    return now.amount_refunded === 1000 ? now : undefined;
  });
  assert.deepEqual([refunded.refunds[0]?.reference, refunded.refunds[0]?.source], [null, 'dashboard']);
});

test('tok_late_success declines, then succeeds', async (t) => {
  const receiver = await startReceiver(t);
  const bench = await startBench(t, { webhookUrl: receiver.url });
  const { id, status } = await charge(bench, 'tok_late_success');
  assert.equal(status, 'declined');
  const hook = await eventually(() =>
    receiver.hooks.find(({ body }) => body.type === 'charge.updated' && body.data.version === 2),
  );
  assert.deepEqual([hook.body.data.id, hook.body.data.status, hook.body.data.decline_code], [id, 'succeeded', null]);
});

test('tok_capture_fails holds, and its captures fail', async (t) => {
  const bench = await startBench(t);
  const sale = await charge(bench, 'tok_capture_fails');
  assert.deepEqual([sale.status, sale.captures[0]?.status, sale.amount_captured], ['authorized', 'failed', 0]);
  const asked = { reference: 'c', amount: 10, final: true };
  const capture = (await bench.post(`/v1/charges/${sale.id}/captures`, asked)).body;
  assert.deepEqual([capture.status, capture.failure_code], ['failed', 'capture_failed']);
  const now = await read(bench, sale.id);
  assert.deepEqual([now.status, now.amount_capturable, now.version], ['authorized', 1000, 2]);
});

test('tok_void_fails stays held', async (t) => {
  const bench = await startBench(t);
  const { id } = await charge(bench, 'tok_void_fails', { capture: false });
  const released = (await bench.post(`/v1/charges/${id}/voids`, { reference: 'v' })).body;
  assert.deepEqual([released.status, released.failure_code], ['failed', 'void_failed']);
  assert.equal((await read(bench, id)).status, 'authorized');
});

test('tok_refund_reversed bounces a moment later', async (t) => {
  const receiver = await startReceiver(t);
  const bench = await startBench(t, { webhookUrl: receiver.url });
  const { id } = await charge(bench, 'tok_refund_reversed');
  const refund = (await bench.post(`/v1/charges/${id}/refunds`, { reference: 'r', amount: 400 })).body;
  assert.equal(refund.status, 'succeeded');
  const hook = await eventually(() => receiver.hooks.find(({ body }) => body.data.status === 'reversed'));
  assert.deepEqual([hook.body.type, hook.body.data.id, hook.body.data.version], ['refund.updated', refund.id, 2]);
  assert.equal((await read(bench, id)).amount_refunded, 0);
});

test('tok_duplicate_webhooks tells everything three times, an old version last', async (t) => {
  const receiver = await startReceiver(t);
  const bench = await startBench(t, { webhookUrl: receiver.url });
  await charge(bench, 'tok_duplicate_webhooks');
  await eventually(() => (receiver.hooks.length === 6 ? true : undefined));
  const statuses = receiver.hooks.map(({ body }) => body.data.status);
  assert.equal(statuses.filter((status) => status === 'authorized').length, 3);
  assert.deepEqual([statuses[0], statuses.at(-1)], ['succeeded', 'authorized']);
  assert.equal(new Set(receiver.hooks.map(({ body }) => body.id)).size, 2);
});
