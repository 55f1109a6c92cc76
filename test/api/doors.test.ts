import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import test, { after, before } from 'node:test';
import { generateKeyPair, SignJWT } from 'jose';
import { type Api, startApi } from './harness.ts';

let api: Api;
before(async () => {
  api = await startApi();
});
after(() => api.stop());

const card = ['4111', '1111', '1111', '1111'];
const good = { amount: 1000, currency: 'EUR', payment_method: { type: 'card', token: 'tok_approved' } };

type Refusal = {
  name: string;
  body?: unknown;
  headers?: Record<string, string | null>;
  status: number;
  code: string;
  pointers?: readonly string[];
};

const REFUSALS: readonly Refusal[] = [
  { name: 'no token', body: good, headers: { authorization: null }, status: 401, code: 'token_missing' },
  { name: 'another scheme', body: good, headers: { authorization: 'Basic abc' }, status: 401, code: 'token_invalid' },
  {
    name: 'a broken token',
    body: good,
    headers: { authorization: 'Bearer a.b.c' },
    status: 401,
    code: 'token_invalid',
  },
  { name: 'no key', body: good, headers: { 'idempotency-key': null }, status: 400, code: 'idempotency_key_required' },
  {
    name: 'a key that is too long',
    body: good,
    headers: { 'idempotency-key': 'x'.repeat(256) },
    status: 400,
    code: 'idempotency_key_invalid',
  },
  {
    name: 'a key with a space',
    body: good,
    headers: { 'idempotency-key': 'a b' },
    status: 400,
    code: 'idempotency_key_invalid',
  },
  {
    name: 'a card number as the key',
    body: good,
    headers: { 'idempotency-key': card.join('') },
    status: 422,
    code: 'card_number_in_field',
  },
  {
    name: 'no content type',
    body: JSON.stringify(good),
    headers: { 'content-type': 'text/plain' },
    status: 415,
    code: 'media_type_unsupported',
  },
  { name: 'no JSON', body: '{"amount":', status: 400, code: 'request_malformed' },
  { name: 'an empty body', body: '', status: 400, code: 'request_malformed' },
  { name: 'not an object', body: [1], status: 400, code: 'request_malformed', pointers: [''] },
  {
    name: 'a body that is too large',
    body: { ...good, description: 'x'.repeat(70_000) },
    status: 413,
    code: 'body_too_large',
  },
  { name: 'nothing in it', body: {}, status: 400, code: 'request_malformed', pointers: ['/amount', '/currency'] },
  {
    name: 'no payment method',
    body: { amount: 1, currency: 'EUR' },
    status: 400,
    code: 'request_malformed',
    pointers: ['/payment_method'],
  },
  {
    name: 'unknown fields, by name',
    body: { ...good, amuont: 1, 'a/b': 2 },
    status: 400,
    code: 'request_malformed',
    pointers: ['/amuont', '/a~1b'],
  },
  {
    name: 'a fraction',
    body: { ...good, amount: 10.5 },
    status: 400,
    code: 'request_malformed',
    pointers: ['/amount'],
  },
  { name: 'zero', body: { ...good, amount: 0 }, status: 400, code: 'request_malformed', pointers: ['/amount'] },
  {
    name: 'a negative amount',
    body: { ...good, amount: -1 },
    status: 400,
    code: 'request_malformed',
    pointers: ['/amount'],
  },
  {
    name: 'too much',
    body: { ...good, amount: 1_000_000_000_000 },
    status: 400,
    code: 'request_malformed',
    pointers: ['/amount'],
  },
  {
    name: 'an amount in a string',
    body: { ...good, amount: '1000' },
    status: 400,
    code: 'request_malformed',
    pointers: ['/amount'],
  },
  {
    name: 'a currency in small letters',
    body: { ...good, currency: 'eur' },
    status: 400,
    code: 'request_malformed',
    pointers: ['/currency'],
  },
  {
    name: 'no such currency',
    body: { ...good, currency: 'XQZ' },
    status: 422,
    code: 'currency_unsupported',
    pointers: ['/currency'],
  },
  {
    name: 'a currency that has ended',
    body: { ...good, currency: 'BGN' },
    status: 422,
    code: 'currency_unsupported',
    pointers: ['/currency'],
  },
  {
    name: 'a nested unknown field',
    body: { ...good, payment_method: { ...good.payment_method, cvc: '123' } },
    status: 400,
    code: 'request_malformed',
    pointers: ['/payment_method/cvc'],
  },
  {
    name: 'a return_url that runs code',
    body: { ...good, return_url: 'javascript:alert(1)' },
    status: 400,
    code: 'request_malformed',
    pointers: ['/return_url'],
  },
  {
    name: 'metadata that is not text',
    body: { ...good, metadata: { a: 1 } },
    status: 400,
    code: 'request_malformed',
    pointers: ['/metadata/a'],
  },
  {
    name: 'metadata under a name that is not kept',
    body: `{"amount":1,"currency":"EUR","confirm":false,"metadata":{"__proto__":"x"}}`,
    status: 400,
    code: 'request_malformed',
    pointers: ['/metadata'],
  },
  {
    name: 'metadata that is nothing',
    body: { ...good, metadata: null },
    status: 400,
    code: 'request_malformed',
    pointers: ['/metadata'],
  },
  {
    name: 'metadata in a list',
    body: { ...good, metadata: ['a'] },
    status: 400,
    code: 'request_malformed',
    pointers: ['/metadata'],
  },
  {
    name: 'a card number in the description',
    body: { ...good, description: `pay ${card.join(' ')}` },
    status: 422,
    code: 'card_number_in_field',
  },
  {
    name: 'a card number as the token',
    body: { ...good, payment_method: { type: 'card', token: card.join('') } },
    status: 422,
    code: 'card_number_in_field',
  },
  {
    name: 'a card number as a metadata key',
    body: { ...good, metadata: { [card.join('-')]: 'x' } },
    status: 422,
    code: 'card_number_in_field',
  },
];

for (const { name, body, headers = {}, status, code, pointers } of REFUSALS) {
  test(`refuses ${name}: ${status} ${code}`, async () => {
    const reply = await api.call('POST', '/v1/payments', { body, headers });
    assert.equal(reply.status, status);
    assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(reply.body.code, code);
    assert.equal(reply.body.status, status);
    assert.equal(reply.body.outcome, 'not_attempted');
    for (const field of ['type', 'title', 'detail', 'safe_to_retry', 'trace_id'])
      assert.ok(reply.body[field] !== undefined, field);
    if (pointers !== undefined)
      assert.deepEqual(
        reply.body.errors.map((error: { pointer: string }) => error.pointer),
        pointers,
      );
    assert.doesNotMatch(JSON.stringify(reply.body), new RegExp(card.join('[ -]?')));
  });
}

test('a body that is not UTF-8 is refused', async () => {
  const bytes = Buffer.concat([
    Buffer.from('{"amount":1,"currency":"EUR","description":"'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}'),
  ]);
  const reply = await fetch(`${api.url}/v1/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await api.tokenFor()}`,
      'content-type': 'application/json',
      'idempotency-key': 'utf',
    },
    body: bytes,
  });
  assert.equal(reply.status, 400);
  assert.match(((await reply.json()) as { detail: string }).detail, /UTF-8/);
});

test('a body without an announced length is cut off at the limit', async () => {
  const token = await api.tokenFor();
  const status = await new Promise((resolve, reject) => {
    const { port } = new URL(api.url);
    const sending = httpRequest(
      {
        port,
        method: 'POST',
        path: '/v1/payments',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': 'chunked',
          'transfer-encoding': 'chunked',
        },
      },
      (answer) => resolve(answer.statusCode),
    );
    sending.on('error', reject);
    for (let sent = 0; sent < 5; sent += 1) sending.write('x'.repeat(20_000));
    sending.end();
  });
  assert.equal(status, 413);
});

test('queries are checked, too', async () => {
  for (const [query, pointer] of [
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=abc', '/limit'],
    ['status=paid', '/status'],
    ['colour=red', '/colour'],
  ] as const) {
    const { status, body } = await api.get(`/v1/payments?${query}`);
    assert.deepEqual([status, body.errors[0].pointer], [400, pointer]);
  }
  assert.equal((await api.get('/v1/payments?cursor=nonsense')).body.code, 'cursor_invalid');
  assert.equal((await api.get(`/v1/payments?cursor=${card.join('')}`)).body.code, 'card_number_in_field');
  assert.equal((await api.get('/v1/payments/pay_x?as_of=yesterday')).status, 400);
});

test('metadata is stored as it was sent, whatever its names mean elsewhere', async () => {
  const metadata = {
    constructor: 'a',
    prototype: 'b',
    toString: 'c',
    hasOwnProperty: 'd',
    '': undefined,
    ключ: 'e',
    '10': 'f',
  };
  const { status, body } = await api.pay('tok_approved', { metadata });
  assert.equal(status, 201);
  const { body: read } = await api.get(`/v1/payments/${body.id}`);
  assert.deepEqual(
    Object.entries(read.metadata).sort(),
    Object.entries(JSON.parse(JSON.stringify(metadata)) as object).sort(),
  );
});

test('a time that nothing was or will be at is refused', async () => {
  const { body: payment } = await api.pay('tok_approved');
  for (const asOf of ['1969-12-31T23:59:59Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-01:00']) {
    for (const path of [
      `/v1/payments/${payment.id}`,
      '/v1/ledger/accounts',
      '/v1/ledger/accounts/x/entries',
      '/v1/ledger/trial_balance',
    ]) {
      const { status, body } = await api.get(`${path}?as_of=${asOf}`);
      assert.deepEqual([status, body.errors?.[0]?.pointer], [400, '/as_of'], `${path} ${asOf}`);
    }
  }
  for (const asOf of ['1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])
    assert.equal((await api.get(`/v1/ledger/trial_balance?as_of=${asOf}`)).status, 200);
});

test('what is not there is 404, whatever is in the way', async () => {
  for (const path of [
    '/v1/payments/pay_x',
    `/v1/payments/pay_${'0'.repeat(32)}`,
    '/v1/refunds/ref_x',
    `/v1/refunds/op_${'0'.repeat(32)}_1`,
    '/v1/nothing',
    '/v1/payments/pay_x/events',
    '/v1/payments/pay_x/timeline',
    '/return/pay_x',
  ]) {
    assert.equal((await api.get(path)).status, 404, path);
  }
  assert.equal((await api.post('/v1/payments/pay_x/capture', {})).body.code, 'payment_not_found');
});

test('the token endpoint and the way to the simulator take no more than the rest', async () => {
  const large = 'x'.repeat(70_000);
  for (const path of ['/oauth/token', '/simulator/behavior']) {
    const { status, body } = await api.call(path === '/oauth/token' ? 'POST' : 'PUT', path, { body: large });
    assert.deepEqual([status, body.code, body.instance], [413, 'body_too_large', path]);
  }
});

test('a scope that is missing is 403 and says which', async () => {
  const reader = { authorization: `Bearer ${await api.tokenFor('payments:read')}` };
  const { status, body } = await api.call('POST', '/v1/payments', { body: good, headers: reader });
  assert.deepEqual([status, body.code], [403, 'scope_insufficient']);
  assert.match(body.detail, /payments:write/);
  assert.equal((await api.call('GET', '/v1/payments', { headers: reader })).status, 200);
});

test('forged tokens are refused: another key, no signature, a public key as a secret, another issuer, expired', async () => {
  const [header = '', payload = ''] = (await api.tokenFor()).split('.');
  const kid = JSON.parse(Buffer.from(header, 'base64url').toString()).kid as string;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const { privateKey } = await generateKeyPair('ES256');
  const sign = (changes: object) =>
    new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  const none = `${Buffer.from(JSON.stringify({ alg: 'none', kid })).toString('base64url')}.${payload}.`;
  const { body: jwks } = await api.get('/.well-known/jwks.json');
  const confused = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(Buffer.from(JSON.stringify(jwks.keys[0])));
  for (const token of [
    await sign({}),
    none,
    confused,
    await sign({ iss: 'https://elsewhere' }),
    await sign({ exp: 1 }),
  ]) {
    const { status, body } = await api.call('GET', '/v1/payments', { headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual([status, body.code], [401, 'token_invalid']);
    assert.equal(JSON.stringify(body).includes(token), false);
  }
});

test('the token endpoint refuses a wrong secret, an unknown grant and an unknown scope', async () => {
  const { client_id, client_secret, token_url } = api.client;
  const ask = async (fields: Record<string, string>) => {
    const answer = await fetch(token_url, { method: 'POST', body: new URLSearchParams(fields) });
    return [answer.status, ((await answer.json()) as { error?: string }).error ?? null];
  };
  const right = { client_id, client_secret, grant_type: 'client_credentials' };
  assert.deepEqual(await ask({ ...right, client_secret: 'wrong' }), [401, 'invalid_client']);
  assert.deepEqual(await ask({ ...right, grant_type: 'password' }), [400, 'unsupported_grant_type']);
  assert.deepEqual(await ask({ ...right, scope: 'everything' }), [400, 'invalid_scope']);
  assert.deepEqual(await ask(right), [200, null]);
});
