import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { showPayment } from '#api/schemas/showPayment.ts';
import { startLocalServer } from '#entry/local/server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/until.ts';

/** The whole platform and its simulator in this process: payments over real HTTP, and their webhooks back over real HTTP. */

type Payment = ReturnType<typeof showPayment>;
type Operation = Payment['operations'][number];

const TOLD_TIMEOUT_MS = 5000;
/** Longer than the simulator's moment: what is still unchanged then was changed by nothing. */
const NOTHING_MS = 600;

const folder = temporaryFolder();
const server = await startLocalServer({
  config: { folder, host: '127.0.0.1', port: 0, simulator: null },
  log: { info: () => {}, error: () => {} },
  onFailed: (fault) => {
    throw fault;
  },
});
after(server.stop);
const secrets = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')) as { simulator_webhook_secret: string };
const merchant = `Bearer ${await fetchToken('merchant')}`;
const operator = `Bearer ${await fetchToken('operator')}`;
let keys = 0;

async function fetchToken(role: 'merchant' | 'operator'): Promise<string> {
  const { client_id: id, client_secret: secret } = server.clients?.[role] ?? {};
  const response = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function call<Body>(method: string, path: string, body?: object): Promise<{ status: number; json: Body }> {
  keys += 1;
  const authorization = path.startsWith('/v1/quarantine') ? operator : merchant;
  const headers = { authorization, 'idempotency-key': `k${keys}`, 'content-type': 'application/json' };
  const sent = body === undefined ? null : JSON.stringify(body);
  const response = await fetch(`${server.url}${path}`, { method, headers, body: sent });
  return { status: response.status, json: (await response.json()) as Body };
}

async function pay(token: string, capture = 'automatic'): Promise<Payment> {
  const method = { type: 'card', token };
  const { json } = await call<Payment>('POST', '/v1/payments', {
    amount: 1000,
    currency: 'EUR',
    capture,
    payment_method: method,
  });
  return json;
}

const get = async (id: string) => (await call<Payment>('GET', `/v1/payments/${id}`)).json;

const told = (id: string, what: string, isSo: (payment: Payment) => boolean) =>
  until(what, async () => [await get(id)].find(isSo), TOLD_TIMEOUT_MS);

const summary = ({ operations }: Payment) =>
  operations.map(({ type, status, evidence }: Operation) => `${type} ${status} ${evidence}`);

function sign(body: string, atMs = Date.now()): string {
  const t = Math.floor(atMs / 1000);
  const mac = createHmac('sha256', secrets.simulator_webhook_secret).update(`${t}.${body}`).digest('hex');
  return `t=${t},v1=${mac}`;
}

async function deliver(body: string, signature = sign(body), path = '/providers/simulator/webhooks/simulator') {
  const began = performance.now();
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'simulator-signature': signature },
    body,
  });
  const json = (await response.json()) as { received?: boolean; code?: string };
  return { status: response.status, json, ms: performance.now() - began };
}

/** A webhook such as the simulator sends. */
function webhook(id: string, data: object): string {
  const created_at = new Date().toISOString();
  return JSON.stringify({ id, type: 'charge.updated', account: 'default', created_at, data });
}

const charge = (more: object) => ({
  object: 'charge',
  id: 'sim_none',
  status: 'succeeded',
  amount: 1000,
  amount_authorized: 1000,
  currency: 'EUR',
  metadata: {},
  captures: [],
  version: 9,
  ...more,
});

test('tok_pending: the outcome comes by webhook', async () => {
  const { id, status } = await pay('tok_pending');
  assert.equal(status, 'processing');
  const payment = await told(id, 'the outcome', (now) => now.status === 'succeeded');
  assert.deepEqual(summary(payment), ['authorize succeeded webhook']);
  assert.equal(payment.conflict, null);
});

test('tok_late_success: proof that money moved after all', async () => {
  const { id, status } = await pay('tok_late_success');
  assert.equal(status, 'requires_payment_method');
  const payment = await told(id, 'the success', (now) => now.amount_captured === 1000);
  assert.equal(payment.conflict?.reason, 'late_success');
});

test('tok_dashboard_refund: discovered once, flagged', async () => {
  const { id } = await pay('tok_dashboard_refund');
  const payment = await told(id, 'the refund', (now) => now.amount_refunded === 1000);
  assert.deepEqual(summary(payment), ['authorize succeeded webhook', 'refund succeeded webhook']);
  assert.equal(payment.conflict?.reason, 'refund_discovered');
});

test('a discovered refund that is reversed later is the same refund', async () => {
  const { id } = await pay('tok_dashboard_refund');
  const found = await told(id, 'the refund', (now) => now.amount_refunded === 1000);
  const [refund] = found.refunds;
  const charged = found.operations[0]?.provider_reference ?? '';
  const settled = await call('POST', `/simulator/charges/${charged}/settle_outcome`, {
    refund: refund?.provider_reference,
    outcome: 'reversed',
  });
  assert.equal(settled.status, 200, JSON.stringify(settled.json));
  const payment = await told(id, 'the reversal', (now) => now.amount_refunded === 0);
  assert.deepEqual(
    payment.refunds.map(({ status }) => status),
    ['reversed'],
  );
});

test('tok_refund_reversed: the money is back', async () => {
  const { id } = await pay('tok_refund_reversed');
  await call('POST', `/v1/payments/${id}/refunds`, {});
  const payment = await told(id, 'the reversal', (now) => now.refunds[0]?.status === 'reversed');
  assert.equal(payment.amount_refunded, 0);
});

test('a capture that is reversed at settlement', async () => {
  const { id, operations } = await pay('tok_approved', 'manual');
  const captured = await call<Payment>('POST', `/v1/payments/${id}/capture`, {});
  const [, capture] = captured.json.operations;
  const path = `/simulator/charges/${operations[0]?.provider_reference}/settle_outcome`;
  await call('POST', path, { capture: capture?.provider_reference, outcome: 'reversed' });
  const payment = await told(id, 'the reversal', (now) => now.amount_captured === 0);
  assert.equal(payment.status, 'failed');
});

test('tok_duplicate_webhooks: three times each and out of order, and the payment is as the reply said', async () => {
  const { id } = await pay('tok_duplicate_webhooks');
  await new Promise((resolve) => setTimeout(resolve, 3 * NOTHING_MS));
  const payment = await get(id);
  assert.deepEqual(
    [payment.status, payment.operations.length, payment.amount_captured, payment.conflict],
    ['succeeded', 1, 1000, null],
  );
});

test('it is answered in milliseconds, and a duplicate changes nothing', async () => {
  const { id, operations } = await pay('tok_approved');
  await new Promise((resolve) => setTimeout(resolve, NOTHING_MS));
  const { version } = await get(id);
  const [operation] = operations;
  const body = webhook('evt_dup', charge({ id: operation?.provider_reference, reference: operation?.id, version: 1 }));
  const answers = [await deliver(body), await deliver(body), await deliver(body)];
  assert.deepEqual(
    answers.map(({ status, json }) => [status, json.received]),
    Array(3).fill([200, true]),
  );
  assert.ok(Math.min(...answers.map(({ ms }) => ms)) < 100);
  await new Promise((resolve) => setTimeout(resolve, NOTHING_MS));
  assert.equal((await get(id)).version, version);
});

test('without its account in the path it is found by its signature', async () => {
  const { status } = await deliver('{"id":"evt_plain"}', undefined, '/providers/simulator/webhooks');
  assert.equal(status, 200);
});

test('tampered, old, unsigned or for nobody: refused', async () => {
  const body = webhook('evt_bad', charge({}));
  const minutes = 60_000;
  assert.equal((await deliver(`${body} `, sign(body))).json.code, 'signature_invalid');
  assert.equal((await deliver(body, sign(body, Date.now() - 6 * minutes))).status, 401);
  assert.equal((await deliver(body, sign(body, Date.now() + 6 * minutes))).status, 401);
  assert.equal((await deliver(body, '')).status, 401);
  assert.equal((await deliver(body, undefined, '/providers/nobody/webhooks')).status, 404);
  assert.equal((await deliver(body, undefined, '/providers/simulator/webhooks/other')).json.code, 'provider_not_found');
  assert.equal((await deliver('x'.repeat(300_000))).status, 413);
});

type Item = { id: string; reason: string; attempts: number; body: string };

test('one about another operation than it names is quarantined, shown without what it must not show, and can be retried', async () => {
  const { id, operations } = await pay('tok_approved');
  const body = webhook(
    'evt_other',
    charge({ reference: operations[0]?.id, return_url: 'https://shop.example/secret' }),
  );
  assert.equal((await deliver(body)).status, 200);
  const find = async () =>
    (await call<{ data: Item[] }>('GET', '/v1/quarantine')).json.data.find((item) => item.body.includes('evt_other'));
  const item = await until('the quarantine', find, TOLD_TIMEOUT_MS);
  assert.deepEqual([item.reason, item.attempts, item.body.includes('secret')], ['reference_mismatch', 1, false]);
  assert.equal((await call('POST', `/v1/quarantine/${item.id}/retry`)).status, 202);
  await until('the quarantine again', find, TOLD_TIMEOUT_MS);
  assert.equal((await call('POST', '/v1/quarantine/inb_nothing/retry')).status, 404);
  assert.equal((await get(id)).amount_captured, 1000);
});
