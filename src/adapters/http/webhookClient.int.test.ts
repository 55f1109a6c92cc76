import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import type { DeliveryResult } from '#core/webhooks/ports.ts';
import type { Resolve } from './guardedConnect.ts';
import { selfSigned } from './testKit.ts';
import { createWebhookClient } from './webhookClient.ts';

const HOST = 'hooks.example.com';
const certificate = selfSigned(HOST);

type Options = { allowLoopback?: boolean; resolve?: Resolve; ca?: string };

function start(t: TestContext, { allowLoopback = true, ...options }: Options = {}) {
  const client = createWebhookClient({
    clock: { monotonic: () => performance.now() },
    allowLoopback,
    resolve: async () => ['127.0.0.1'],
    ...options,
  });
  t.after(client.close);
  const post = (url: string, timeoutMs = 5000, headers: Record<string, string> = {}) =>
    client.deliver({ url, headers: { 'content-type': 'application/json', ...headers }, body: '{"a":1}', timeoutMs });
  return { ...client, post };
}

async function listen(t: TestContext, server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

const serve = (t: TestContext, handle: (...args: Parameters<RequestListener>) => void | Promise<void>) =>
  listen(
    t,
    createServer((request, response) => void handle(request, response)),
  );
/** Answers with bytes as they are. */
const serveRaw = (t: TestContext, handle: (socket: Socket) => void) =>
  listen(
    t,
    createSocketServer((socket) => void socket.once('data', () => handle(socket))),
  );

const outcome = ({ durationMs: _, ...rest }: DeliveryResult) => rest;

test('the request arrives as it was given, once', async (t) => {
  const seen: unknown[] = [];
  const port = await serve(t, async (request, response) => {
    const { method, url, headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(204, { 'retry-after': '7', 'set-cookie': 'a=b' }).end();
  });
  const { post } = start(t);
  const first = await post(`http://127.0.0.1:${port}/a?b=c`, 5000, { 'webhook-id': 'msg_1' });
  assert.deepEqual(outcome(first), { kind: 'answered', status: 204, retryAfter: '7', bodyStart: '' });
  await post(`http://127.0.0.1:${port}/a?b=c`, 5000, { 'webhook-id': 'msg_1' });
  assert.equal(seen.length, 2);
  assert.deepEqual(seen[1], {
    method: 'POST',
    url: '/a?b=c',
    headers: {
      host: `127.0.0.1:${port}`,
      connection: 'keep-alive',
      'user-agent': 'Florin-Webhooks/1',
      'content-type': 'application/json',
      'webhook-id': 'msg_1',
      'content-length': '7',
    },
    body: '{"a":1}',
  });
});

test('no redirect is followed', async (t) => {
  let asked = 0;
  const port = await serve(t, (_, response) => {
    asked += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const { post } = start(t);
  const result = await post(`http://127.0.0.1:${port}/`);
  assert.deepEqual([result.kind === 'answered' && result.status, asked], [307, 1]);
});

test('a forbidden URL reaches no socket, and a proxy of the environment is not asked', async (t) => {
  let connections = 0;
  const server = createServer((_, response) => void response.end());
  server.on('connection', () => {
    connections += 1;
  });
  const port = await listen(t, server);
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${port}`;
  t.after(() => delete process.env['HTTPS_PROXY']);
  const { post, checkUrl } = start(t, { allowLoopback: false });
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]', HOST]) {
    assert.deepEqual(outcome(await post(`https://${host}:${port}/`)), { kind: 'refused', reason: 'address_forbidden' });
    assert.equal(await checkUrl(`https://${host}:${port}/`), 'address_forbidden');
  }
  assert.equal(connections, 0);
});

test('one forbidden address among those of a name forbids them all', async (t) => {
  for (const addresses of [
    ['8.8.8.8', '10.0.0.1'],
    ['2606:4700::1111', '::ffff:10.0.0.1'],
    ['8.8.8.8', 'fe80::1%eth0'],
  ]) {
    const { post, checkUrl } = start(t, { allowLoopback: false, resolve: async () => addresses });
    assert.deepEqual(outcome(await post(`https://${HOST}/`)), { kind: 'refused', reason: 'address_forbidden' });
    assert.equal(await checkUrl(`https://${HOST}/`), 'address_forbidden');
  }
});

test('a name is resolved anew for each connection, and the connection goes to what was judged (rebinding)', async (t) => {
  const names: (string | false | null)[] = [];
  const hosts: (string | undefined)[] = [];
  const server = createSecureServer(certificate, (request, response) => {
    hosts.push(request.headers.host);
    response.writeHead(200, { connection: 'close' }).end('ok');
  });
  server.on('secureConnection', (socket) => names.push(socket.servername));
  const port = await listen(t, server);
  const answers = [['8.8.8.8'], ['127.0.0.1'], ['10.0.0.1'], ['127.0.0.1']];
  const { post, checkUrl } = start(t, { ca: certificate.cert, resolve: async () => answers.shift() ?? [] });
  const url = `https://${HOST}:${port}/`;
  assert.equal(await checkUrl(url), null);
  assert.deepEqual(outcome(await post(url)), { kind: 'answered', status: 200, retryAfter: null, bodyStart: 'ok' });
  assert.deepEqual(outcome(await post(url)), { kind: 'refused', reason: 'address_forbidden' });
  assert.equal((await post(url)).kind, 'answered');
  assert.deepEqual(
    [names, hosts],
    [
      [HOST, HOST],
      [`${HOST}:${port}`, `${HOST}:${port}`],
    ],
  );
});

test('a certificate must be one that is trusted and bears the name, whatever the environment says', async (t) => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  t.after(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']);
  const port = await listen(
    t,
    createSecureServer(certificate, (_, response) => void response.end()),
  );
  for (const [ca, url] of [
    [undefined, `https://${HOST}:${port}/`],
    [certificate.cert, `https://other.example.com:${port}/`],
  ] as const) {
    const { post } = start(t, ca === undefined ? {} : { ca });
    assert.deepEqual(outcome(await post(url)), { kind: 'failed', reason: 'tls' });
  }
});

test('an endpoint that does not answer is cut off at the deadline, whatever it drips', async (t) => {
  const closed: string[] = [];
  const drip = (name: string, begin: string, more: string) =>
    serveRaw(t, (socket) => {
      socket.write(begin);
      const timer = setInterval(() => socket.write(more), 20);
      socket.on('close', () => {
        clearInterval(timer);
        closed.push(name);
      });
    });
  const { post } = start(t);
  const ports = await Promise.all([
    drip('silent', '', ''),
    drip('slow headers', 'HTTP/1.1 200 OK\r\n', 'a: b\r\n'),
    drip('endless hints', '', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'),
  ]);
  const results = await Promise.all(ports.map((port) => post(`http://127.0.0.1:${port}/`, 300)));
  for (const result of results) {
    assert.deepEqual(outcome(result), { kind: 'failed', reason: 'timeout' });
    assert.ok(result.durationMs < 1000);
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(closed.sort(), ['endless hints', 'silent', 'slow headers']);
});

test('a body that does not end is cut off after its start, a slow one soon', { timeout: 10_000 }, async (t) => {
  let written = 0;
  const endless = await serve(t, (_, response) => {
    response.writeHead(200);
    const pour = () => {
      written += 65_536;
      if (!response.destroyed && written < 1e9) response.write('x'.repeat(65_536), pour);
    };
    pour();
  });
  const slow = await serve(t, (_, response) => {
    response.writeHead(200);
    response.write('begun');
    const timer = setInterval(() => response.write('.'), 50);
    response.on('close', () => clearInterval(timer));
  });
  const { post } = start(t);
  const poured = await post(`http://127.0.0.1:${endless}/`);
  assert.equal(poured.kind === 'answered' && poured.bodyStart, 'x'.repeat(1024));
  assert.ok(written < 50e6, String(written));
  const dripped = await post(`http://127.0.0.1:${slow}/`, 60_000);
  assert.match(dripped.kind === 'answered' ? dripped.bodyStart : '', /^begun\.+$/);
  assert.ok(dripped.durationMs < 4000);
});

test('what is no HTTP answer, and what never connects, has a reason', async (t) => {
  const raw = (bytes: string) => serveRaw(t, (socket) => void socket.end(bytes));
  const { post } = start(t, { resolve: async () => ['127.0.0.1'] });
  const reason = async (port: number) => {
    const result = await post(`http://127.0.0.1:${port}/`);
    return result.kind === 'failed' ? result.reason : result.kind;
  };
  assert.equal(await reason(await raw('SSH-2.0-x\r\n')), 'response_invalid');
  assert.equal(await reason(await raw(`HTTP/1.1 200 OK\r\na: ${'x'.repeat(20_000)}\r\n\r\n`)), 'response_invalid');
  assert.equal(await reason(await raw('')), 'connection');
  assert.equal(await reason(1024), 'connection');
  const unresolved = start(t, {
    resolve: async () => {
      throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
    },
  });
  assert.deepEqual(outcome(await unresolved.post(`https://${HOST}/`)), { kind: 'failed', reason: 'dns' });
  assert.equal(await unresolved.checkUrl(`https://${HOST}/`), null);
});

test('of the answer only text is kept, and no card number', async (t) => {
  const number = ['4111', '1111', '1111', '1111'].join('');
  const port = await serve(t, (_, response) => void response.end(`a\u0000b\u001b[31m\u202e ${number} é\n`));
  const { post } = start(t);
  const result = await post(`http://127.0.0.1:${port}/`);
  assert.equal(result.kind === 'answered' && result.bodyStart, 'ab[31m ****1111 é\n');
});

test('a header that can not be sent is an outcome too', async (t) => {
  const { post } = start(t);
  assert.equal((await post('http://127.0.0.1:1024/', 1000, { 'x-a': 'a\r\nb: c' })).kind, 'failed');
});
