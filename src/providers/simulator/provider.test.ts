import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { secret } from '#core/kit/secret.ts';
import { PROVIDER_CONTRACT } from '#core/provider/contract.ts';
import type { OperationRequest } from '#core/provider/port.ts';
import { simulator } from './provider.ts';

const account = {
  id: 'a',
  provider: 'simulator',
  baseUrl: 'http://127.0.0.1:4010',
  credentials: { api_key: [secret('sk')], webhook_secret: [secret('whsec'), secret('former')] },
  settings: {},
  timing: { connectMs: 1, sendWithinMs: 1, exchangeMs: 1, propagationMs: 1 },
};
const authorize: OperationRequest = {
  kind: 'authorize',
  reference: 'op_1',
  payment: 'pay_1',
  amountMinor: 1000n,
  currency: 'EUR',
  captures: true,
  final: false,
  stops: false,
  token: 'tok_approved',
  returnUrl: 'http://back',
  targetReference: null,
  targetOwnReference: null,
  idempotencyKey: 'key_1',
};
const stop: OperationRequest = { ...authorize, kind: 'void', targetReference: 'sim_1', stops: true };
const charge = {
  object: 'charge',
  id: 'sim_1',
  reference: 'op_1',
  status: 'succeeded',
  amount: 1000,
  amount_authorized: 1000,
  currency: 'EUR',
  version: 3,
  decline_code: null,
  redirect_url: null,
  captures: [{ object: 'capture', source: 'charge', status: 'succeeded', amount: 1000 }],
  metadata: { payment: 'pay_1' },
};
const entry = {
  object: 'refund',
  id: 'simr_1',
  reference: 'op_2',
  charge: 'sim_1',
  source: 'api',
  status: 'succeeded',
  amount: 300,
  currency: 'EUR',
  version: 1,
  failure_code: null,
};
const seen = { amountMinor: 1000n, currency: 'EUR', providerReference: 'sim_1', providerVersion: 3 };

const read = (body: unknown, status = 200, operation = authorize) =>
  simulator.read(operation, { status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) });
const ask = (body: unknown, status = 200, operation = authorize) =>
  simulator.inquiry.read(operation, {
    status,
    headers: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const operations = (['authorize', 'capture', 'void', 'refund'] as const).map((kind) => ({
  ...authorize,
  kind,
  targetReference: kind === 'authorize' ? null : 'sim_1',
}));
for (const { name, run } of PROVIDER_CONTRACT) {
  test(`contract: ${name}`, () =>
    run({
      provider: simulator,
      account,
      operations: [...operations, stop],
      secrets: ['Bearer sk', 'tok_approved', 'whsec'],
    }));
}

test('each operation becomes its own request, with our reference and the key that we were given', () => {
  const paths = [
    [authorize, '/v1/charges'],
    [{ ...authorize, kind: 'capture', targetReference: 'sim_1' }, '/v1/charges/sim_1/captures'],
    [{ ...authorize, kind: 'refund', targetReference: 'sim_1' }, '/v1/charges/sim_1/refunds'],
    [{ ...authorize, kind: 'void', targetReference: 'sim_1' }, '/v1/charges/sim_1/voids'],
    [stop, '/v1/charges/sim_1/cancel'],
  ] as const;
  for (const [operation, path] of paths) {
    const request = simulator.request(operation as OperationRequest, account);
    assert.equal(request.url, `http://127.0.0.1:4010${path}`);
    assert.equal(request.headers['idempotency-key'], 'key_1');
    assert.deepEqual(simulator.request(operation as OperationRequest, account), request, 'the same bytes again');
  }
  assert.deepEqual(JSON.parse(simulator.request(authorize, account).body ?? ''), {
    reference: 'op_1',
    amount: 1000,
    currency: 'EUR',
    token: 'tok_approved',
    capture: true,
    return_url: 'http://back',
    metadata: { payment: 'pay_1' },
  });
});

test('the token of an unreachable provider goes where nobody listens', () => {
  assert.match(
    simulator.request({ ...authorize, token: 'tok_connection_refused' }, account).url,
    /^http:\/\/127\.0\.0\.1:1\//,
  );
});

test('inquiries ask by our reference; a stop asks for the charge', () => {
  assert.equal(simulator.inquiry.request(authorize, account).url, 'http://127.0.0.1:4010/v1/operations?reference=op_1');
  assert.equal(simulator.inquiry.request(stop, account).url, 'http://127.0.0.1:4010/v1/charges/sim_1');
});

const CHARGES: readonly (readonly [string, object, object])[] = [
  ['captured', charge, { outcome: 'succeeded', capturedMinor: 1000n, ...seen }],
  ['held', { ...charge, status: 'authorized', captures: [] }, { outcome: 'succeeded', capturedMinor: 0n, ...seen }],
  [
    'held, its own capture failed',
    { ...charge, status: 'authorized', captures: [{ source: 'charge', status: 'failed', amount: 1000 }] },
    { outcome: 'succeeded', capturedMinor: 0n, ...seen },
  ],
  [
    'captured by us later',
    { ...charge, captures: [{ source: 'api', status: 'succeeded', amount: 1000 }] },
    { outcome: 'succeeded', capturedMinor: 0n, ...seen },
  ],
  [
    'its own capture reversed',
    { ...charge, captures: [{ source: 'charge', status: 'reversed', amount: 1000 }] },
    { outcome: 'reversed', code: 'processing_error', providerCode: 'capture_failed', message: null, ...seen },
  ],
  [
    'declined',
    { ...charge, status: 'declined', decline_code: 'insufficient_funds' },
    { outcome: 'declined', code: 'insufficient_funds', providerCode: 'insufficient_funds', message: null, ...seen },
  ],
  [
    'declined, a new code',
    { ...charge, status: 'declined', decline_code: 'toString' },
    { outcome: 'declined', code: 'unknown', providerCode: 'toString', message: null, ...seen },
  ],
  ['voided', { ...charge, status: 'canceled', captures: [] }, { outcome: 'succeeded', capturedMinor: 0n, ...seen }],
  [
    'stopped',
    { ...charge, status: 'canceled', amount_authorized: 0 },
    { outcome: 'declined', code: 'canceled', providerCode: null, message: null, ...seen, amountMinor: 0n },
  ],
  ['pending', { ...charge, status: 'pending' }, { outcome: 'pending', ...seen }],
  [
    'a challenge',
    { ...charge, status: 'requires_action', redirect_url: 'http://c' },
    { outcome: 'requires_action', redirectUrl: 'http://c', ...seen },
  ],
  [
    'a challenge without a page',
    { ...charge, status: 'requires_action' },
    { outcome: 'unknown', reason: 'requires_action without a redirect_url' },
  ],
  ['a new status', { ...charge, status: 'constructor' }, { outcome: 'unknown', reason: 'charge status constructor' }],
  ['no status', { ...charge, status: null, captures: null }, { outcome: 'unknown', reason: 'charge status missing' }],
  [
    'a refund',
    entry,
    {
      outcome: 'succeeded',
      capturedMinor: 0n,
      amountMinor: 300n,
      currency: 'EUR',
      providerReference: 'simr_1',
      providerVersion: 1,
    },
  ],
  [
    'a capture',
    { ...entry, object: 'capture' },
    {
      outcome: 'succeeded',
      capturedMinor: 300n,
      amountMinor: 300n,
      currency: 'EUR',
      providerReference: 'simr_1',
      providerVersion: 1,
    },
  ],
  [
    'a void that failed',
    { ...entry, object: 'void', status: 'failed', failure_code: 'void_failed' },
    {
      outcome: 'declined',
      code: 'processing_error',
      providerCode: 'void_failed',
      message: null,
      amountMinor: 300n,
      currency: 'EUR',
      providerReference: 'simr_1',
      providerVersion: 1,
    },
  ],
  [
    'a refund that bounced',
    { ...entry, status: 'reversed' },
    {
      outcome: 'reversed',
      code: 'unknown',
      providerCode: null,
      message: null,
      amountMinor: 300n,
      currency: 'EUR',
      providerReference: 'simr_1',
      providerVersion: 1,
    },
  ],
  [
    'a pending refund',
    { ...entry, status: 'pending' },
    { outcome: 'pending', amountMinor: 300n, currency: 'EUR', providerReference: 'simr_1', providerVersion: 1 },
  ],
  ['a refund with a new status', { ...entry, status: 'odd' }, { outcome: 'unknown', reason: 'refund status odd' }],
  [
    'another kind of object',
    { object: 'payout' },
    { outcome: 'unknown', reason: 'an object of a kind that is not known' },
  ],
];

for (const [name, body, outcome] of CHARGES) test(`reads ${name}`, () => assert.deepEqual(read(body), outcome));

test('a refusal was made before anything was done, but for a call that is under way', () => {
  const nothing = { amountMinor: null, currency: null, providerReference: null, providerVersion: null };
  assert.deepEqual(read({ error: { code: 'invalid_token', message: 'm' } }, 400), {
    outcome: 'rejected',
    providerCode: 'invalid_token',
    message: 'm',
    ...nothing,
  });
  assert.deepEqual(read({ error: { code: 'charge_not_voidable', message: 'm' } }, 409), {
    outcome: 'rejected',
    providerCode: 'charge_not_voidable',
    message: 'm',
    ...nothing,
  });
  assert.equal(read({ error: { code: 'idempotency_in_flight', message: 'm' } }, 409).outcome, 'unknown');
  assert.equal(read({}, 400).outcome, 'unknown');
});

test('a stop is answered with the charge', () => {
  assert.equal(read({ ...charge, status: 'canceled' }, 200, stop).outcome, 'succeeded');
  assert.equal(read({ ...charge, status: 'pending' }, 200, stop).outcome, 'unknown');
  assert.equal(read({ ...charge, status: null }, 200, stop).outcome, 'unknown');
});

test('inquiries: found, not found, and everything that says neither', () => {
  assert.equal(ask({ data: [charge] }).outcome, 'succeeded');
  assert.equal(ask({ data: [] }).outcome, 'not_found');
  assert.equal(ask({ data: [{ ...charge, reference: 'op_9' }] }).outcome, 'unknown');
  assert.equal(ask({}).outcome, 'unknown');
  assert.equal(ask({ error: {} }, 404).outcome, 'unknown');
  assert.equal(ask('<html>', 502).outcome, 'unknown');
});

test('inquiries about a stop read the charge', () => {
  const outcomes = ['canceled', 'requires_action', 'pending', 'succeeded', 'authorized', 'declined', 'odd', null].map(
    (status) => ask({ ...charge, status }, 200, stop).outcome,
  );
  assert.deepEqual(outcomes, [
    'succeeded',
    'not_found',
    'not_found',
    'rejected',
    'rejected',
    'rejected',
    'unknown',
    'unknown',
  ]);
});

test('whatever comes back, the reader does not throw, and succeeds only on an explicit word', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
      for (const outcome of [read(body, status), ask(body, status), read(body, status, stop)]) {
        assert.ok(outcome.outcome !== 'succeeded' && outcome.outcome !== 'declined');
      }
    }),
    { numRuns: 2000 },
  );
});

const now = 1_700_000_000_000;
const event = JSON.stringify({ id: 'evt_1', type: 'charge.updated', account: 'a', data: charge });
const sign = (body: string, at = now / 1000, key = 'whsec') =>
  `t=${at},v1=${createHmac('sha256', key).update(`${at}.${body}`).digest('hex')}`;
const genuine = (signature: string | undefined, body = event) =>
  simulator.webhooks.isGenuine({ headers: { 'simulator-signature': signature }, body }, account, now);

test('a signature is for these bytes, this account and about now', () => {
  assert.equal(genuine(sign(event)), true);
  assert.equal(genuine(sign(event), `${event} `), false, 'tampered');
  assert.equal(genuine(sign(event, now / 1000, 'other')), false, 'another account');
  assert.equal(genuine(sign(event, now / 1000, 'former')), true, 'the former secret, while it is good');
  assert.equal(genuine(sign(event, now / 1000 - 301)), false, 'old');
  assert.equal(genuine(sign(event, now / 1000 + 301)), false, 'from the future');
  for (const broken of [undefined, '', 't=1', `t=${now / 1000},v1=zz`]) assert.equal(genuine(broken), false);
});

test('a webhook says what it is about', () => {
  assert.deepEqual(simulator.webhooks.read(event), {
    id: 'evt_1',
    kind: 'authorize',
    reference: 'op_1',
    payment: 'pay_1',
    targetReference: null,
    outcome: read(charge),
  });
  const refund = simulator.webhooks.read(
    JSON.stringify({
      id: 'evt_2',
      data: { ...entry, reference: null, source: 'dashboard', metadata: { payment: 'pay_1' } },
    }),
  );
  assert.deepEqual(
    [refund?.kind, refund?.reference, refund?.payment, refund?.targetReference],
    ['refund', null, 'pay_1', 'sim_1'],
  );
  const bare = simulator.webhooks.read(JSON.stringify({ id: 'evt_3', data: entry }));
  assert.equal(bare?.payment, null);
});

test('what is no news of a payment is nothing', () => {
  for (const body of [
    '',
    '[]',
    '{}',
    '{"id":"e"}',
    '{"id":"e","data":{"object":"payout"}}',
    '{"id":"e","data":{}}',
    JSON.stringify({ id: 'e', data: { ...entry, object: 'capture', source: 'charge' } }),
  ]) {
    assert.equal(simulator.webhooks.read(body), null);
  }
});

test('only what a charge captured by itself is known to be no news: it is told with the charge', () => {
  const told = { ...entry, object: 'capture', source: 'charge' };
  const isOther = (body: string) => simulator.webhooks.isOther?.(body);
  assert.equal(isOther(JSON.stringify({ id: 'e', data: told })), true);
  for (const data of [{ ...told, object: 'payout' }, { ...told, source: 'api' }, 'capture', null])
    assert.equal(isOther(JSON.stringify({ id: 'e', data })), false);
  for (const body of ['', '<html>', '[]', '{}']) assert.equal(isOther(body), false);
});
