import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test, { after, before } from 'node:test';
import { type Api, startApi } from './harness.ts';
import { holdToContract } from './heldToContract.ts';

let api: Api;
before(async () => {
  api = await startApi();
});
after(() => api.stop());

/** Writes bytes as they are, and reads until the server closes or has been silent for a while. */
async function exchange(parts: readonly string[], { silentMs = 400, gapMs = 50 } = {}): Promise<string> {
  const { port } = new URL(api.url);
  const socket = connect(Number(port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const part of parts) {
    socket.write(part);
    await new Promise((resolve) => setTimeout(resolve, gapMs));
  }
  socket.setTimeout(silentMs, () => socket.destroy());
  await closed;
  return Buffer.concat(chunks).toString();
}

/** The last answer on the wire: status, headers in lower case, and its JSON. */
function read(text: string) {
  const [head = '', body = ''] = text.slice(text.lastIndexOf('HTTP/1.1 ')).split('\r\n\r\n', 2);
  const [line = '', ...fields] = head.split('\r\n');
  const headers = new Headers(fields.map((field) => field.split(': ', 2) as [string, string]));
  const problem = body.startsWith('{') ? (JSON.parse(body) as { code?: string; safe_to_retry?: boolean }) : {};
  return { status: Number(line.split(' ')[1]), headers, ...problem };
}

const HOST = 'host: x.example\r\n';

const REFUSED: readonly (readonly [name: string, request: string, status: number, code: string])[] = [
  ['no HTTP', 'hello\r\n\r\n', 400, 'request_malformed'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'request_malformed'],
  ['no Host header', 'GET /healthz HTTP/1.1\r\n\r\n', 400, 'request_malformed'],
  ['a Host that is none', 'GET /healthz HTTP/1.1\r\nhost: a b\r\n\r\n', 400, 'request_malformed'],
  ['two Host headers', `GET /healthz HTTP/1.1\r\n${HOST}Host: y.example\r\n\r\n`, 400, 'request_malformed'],
  ['a target without a slash', `GET healthz HTTP/1.1\r\n${HOST}\r\n`, 400, 'request_malformed'],
  [
    'two lengths',
    `POST /x HTTP/1.1\r\n${HOST}content-length: 1\r\ncontent-length: 2\r\n\r\n`,
    400,
    'request_malformed',
  ],
  [
    'a length beside chunks (request smuggling)',
    `POST /x HTTP/1.1\r\n${HOST}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n`,
    400,
    'request_malformed',
  ],
  ['a header with a bare line feed', `GET /healthz HTTP/1.1\r\n${HOST}a: b\nc: d\r\n\r\n`, 400, 'request_malformed'],
  ['a space before a colon', `GET /healthz HTTP/1.1\r\n${HOST}a : b\r\n\r\n`, 400, 'request_malformed'],
  ['large headers', `GET /healthz HTTP/1.1\r\n${HOST}a: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ['many headers', `GET /healthz HTTP/1.1\r\n${HOST}${'a: b\r\n'.repeat(101)}\r\n`, 431, 'headers_too_large'],
  ['a long path', `GET /${'x'.repeat(4096)} HTTP/1.1\r\n${HOST}\r\n`, 414, 'target_too_long'],
  [
    'an expectation',
    `POST /x HTTP/1.1\r\n${HOST}expect: 200-ok\r\ncontent-length: 1\r\n\r\n`,
    417,
    'expectation_failed',
  ],
];

for (const [name, request, status, code] of REFUSED) {
  test(`${name}: ${status} ${code}, and the connection ends`, async () => {
    const text = await exchange([request]);
    const answer = read(text);
    assert.deepEqual(
      [answer.status, answer.code, answer.headers.get('content-type'), answer.headers.get('connection')],
      [status, code, 'application/problem+json', 'close'],
    );
    assert.equal(text.split('HTTP/1.1 ').length, 2, 'one answer');
  });
}

test('a body in chunks is read like any other, and one that waits for 100 Continue gets it', async () => {
  const body = '{"amount":0}';
  const head = (more: string) =>
    `POST /v1/payments HTTP/1.1\r\n${HOST}authorization: Bearer ${token}\r\nidempotency-key: k\r\ncontent-type: application/json\r\n${more}\r\n`;
  const token = await api.tokenFor();
  const chunked = await exchange([
    head('transfer-encoding: chunked\r\n'),
    `${body.length.toString(16)}\r\n${body}\r\n`,
    '0\r\n\r\n',
  ]);
  assert.equal(read(chunked).code, 'request_malformed');
  const continued = await exchange([head(`expect: 100-continue\r\ncontent-length: ${body.length}\r\n`), body]);
  assert.match(continued, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /);
});

test('a client that goes in the middle of its body is no failure of ours', async () => {
  const token = await api.tokenFor();
  const { port } = new URL(api.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `POST /v1/payments HTTP/1.1\r\n${HOST}authorization: Bearer ${token}\r\nidempotency-key: k2\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a`,
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(
    api.logged.filter((line) => line.includes('a request failed')),
    [],
  );
});

test('nor is one that goes between two chunks, or breaks them: nothing is logged that anybody can fill a disk with', async () => {
  for (const path of ['/v1/payments', '/providers/simulator/webhooks', '/providers/simulator/webhooks/simulator'])
    for (const rest of ['5\r\nhello\r\n', 'no length\r\n', `2;${'a'.repeat(20_000)}\r\n{}\r\n`])
      await exchange([
        `POST ${path} HTTP/1.1\r\n${HOST}authorization: Bearer ${await api.tokenFor()}\r\nidempotency-key: gone\r\n`,
        `content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${rest}`,
      ]);
  await exchange([`POST /providers/simulator/webhooks HTTP/1.1\r\n${HOST}content-length: 100\r\n\r\n{`]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(api.logged, []);
});

test('garbage behind a good request takes nothing from its answer', async () => {
  const text = await exchange([`GET /healthz HTTP/1.1\r\n${HOST}\r\n`, 'garbage\r\n\r\n']);
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  assert.equal(read(text).code, 'request_malformed');
});

test('a method that a path has not is 405 with those that it has; OPTIONS tells them', async () => {
  for (const [method, path, allow] of [
    ['DELETE', '/v1/payments', 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/v1/payments/pay_x', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/payments/pay_x/capture', 'POST, OPTIONS'],
    ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/v1/payments', 'GET, HEAD, POST, OPTIONS'],
  ] as const) {
    const { status, headers, body } = await api.call(method, path);
    assert.deepEqual(
      [status, body.code, headers.get('allow')],
      [405, 'method_not_allowed', allow],
      `${method} ${path}`,
    );
    const options = await api.call('OPTIONS', path);
    assert.deepEqual([options.status, options.body, options.headers.get('allow')], [204, null, allow]);
  }
  for (const path of ['/v1/nothing', '/v1/payments/', '/', '/V1/payments'])
    for (const method of ['GET', 'POST', 'OPTIONS']) assert.equal((await api.call(method, path)).status, 404, path);
});

test('HEAD is GET without the body', async () => {
  const head = await api.call('HEAD', '/v1/payments');
  assert.deepEqual([head.status, head.body, head.headers.get('content-type')], [200, null, 'application/json']);
  const refused = await api.call('HEAD', '/v1/payments', { headers: { authorization: null } });
  assert.deepEqual([refused.status, refused.body], [401, null]);
});

const ALWAYS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': null,
  'x-content-type-options': 'nosniff',
  'access-control-allow-origin': null,
  'x-powered-by': null,
  server: null,
};

test('every answer has the headers of a careful API, and none that lets another page in', async () => {
  for (const answer of [
    await api.get('/healthz'),
    await api.get('/v1/payments'),
    await api.get('/v1/nothing'),
    await api.call('GET', '/v1/payments', { headers: { authorization: null } }),
    await api.call('OPTIONS', '/v1/payments', {
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    }),
    await api.call('POST', '/v1/payments', { body: '{' }),
  ])
    assert.deepEqual(
      Object.fromEntries(Object.keys(ALWAYS).map((name) => [name, answer.headers.get(name)])),
      ALWAYS,
      String(answer.status),
    );
});

test('what may be cached says so itself', async () => {
  const answer = await fetch(`${api.url}/openapi.json`);
  assert.deepEqual([answer.headers.get('cache-control'), (await answer.text()).length > 1000], ['no-cache', true]);
});

test('the contract holds for what Node refuses, too', async () => {
  const text = await exchange([`GET /healthz HTTP/1.1\r\n${HOST}a: ${'x'.repeat(17_000)}\r\n\r\n`]);
  const { status, headers } = read(text);
  holdToContract({ method: 'GET', path: '/nowhere', status, headers, text: text.split('\r\n\r\n')[1] ?? '' });
});
