import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { Hono } from 'hono';
import { listen } from './httpServer.ts';

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A server with a route that answers when it is told to, and one that answers at once. */
async function start(timing: Parameters<typeof listen>[0]['timing'] = {}) {
  const server = await listen({ host: '127.0.0.1', port: 0, timing });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let reached = 0;
  const app = new Hono()
    .get('/quick', (c) => c.text('quick'))
    .post('/read', async (c) => c.text(await c.req.text().catch(() => 'cut short')))
    .get('/slow', async (c) => {
      reached += 1;
      await released;
      return c.text('slow');
    });
  server.handle(app);
  return { ...server, release, reached: () => reached };
}

function open(t: TestContext, url: string) {
  const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { write: (part: string) => socket.write(part), text: () => text, closed, end: () => socket.destroy() };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

test('before there is anything to serve, whoever comes is asked to come again', async (t) => {
  const server = await listen({ host: '127.0.0.1', port: 0 });
  t.after(server.stop);
  const answer = await fetch(`${server.url}/v1/payments`);
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '1']);
});

test('a client that drips its headers, or its body, is told 408 and cut off', { timeout: 10_000 }, async (t) => {
  const server = await start({ headersMsMax: 200, requestMsMax: 300, lateCheckedEveryMs: 50 });
  t.after(server.stop);
  const drip = async (begin: string) => {
    const socket = open(t, server.url);
    socket.write(begin);
    const timer = setInterval(() => socket.write('a'), 20);
    await socket.closed;
    clearInterval(timer);
    return socket.text();
  };
  for (const begin of [
    'GET /quick HTTP/1.1\r\nhost: x\r\na: ',
    'POST /read HTTP/1.1\r\nhost: x\r\ncontent-length: 9999\r\n\r\n',
  ]) {
    const text = await drip(begin);
    assert.match(text, /^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*"code":"request_timeout","outcome":"not_attempted"/);
    assert.equal(text.split('HTTP/1.1').length, 2);
  }
});

test('a connection that was opened and says nothing is closed', { timeout: 10_000 }, async (t) => {
  const server = await start({ headersMsMax: 200, requestMsMax: 300, lateCheckedEveryMs: 50 });
  t.after(server.stop);
  await open(t, server.url).closed;
});

test('an answer under way is not torn by what comes behind its request', { timeout: 10_000 }, async (t) => {
  const server = await start();
  t.after(server.stop);
  const socket = open(t, server.url);
  socket.write(get('/slow'));
  while (server.reached() === 0) await sleep(5);
  socket.write('garbage\r\n\r\n');
  await socket.closed;
  assert.equal(socket.text(), '', 'no 400 that would be taken for the answer');
  server.release();
});

test('a stop answers what is under way, closes each connection then, and takes nothing new', {
  timeout: 10_000,
}, async (t) => {
  const server = await start({ keepAliveMs: 60_000 });
  const idle = open(t, server.url);
  idle.write(get('/quick'));
  const busy = Array.from({ length: 5 }, () => open(t, server.url));
  for (const socket of busy) socket.write(get('/slow'));
  while (server.reached() < 5 || !idle.text().includes('quick')) await sleep(5);

  let isStopped = false;
  const stopped = server.stop().then(() => {
    isStopped = true;
  });
  await idle.closed;
  await assert.rejects(fetch(`${server.url}/quick`));
  await sleep(50);
  assert.equal(isStopped, false);
  server.release();
  await stopped;
  for (const socket of busy) {
    await socket.closed;
    assert.match(socket.text(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close\r\n[\s\S]*slow$/i);
  }
});

test('a request that does not end is cut off when the time of a stop is over', { timeout: 10_000 }, async (t) => {
  const server = await start({ stopGraceMs: 200 });
  const busy = open(t, server.url);
  busy.write(get('/slow'));
  while (server.reached() === 0) await sleep(5);
  const beganAt = performance.now();
  await server.stop();
  assert.ok(performance.now() - beganAt < 2000);
  await busy.closed;
  server.release();
});

test('a port that is taken has a sentence of its own', async (t) => {
  const server = await start();
  t.after(server.stop);
  const port = Number(new URL(server.url).port);
  await assert.rejects(listen({ host: '127.0.0.1', port }), {
    code: 'port_unavailable',
    message: `port ${port} is in use. Set PORT to another one`,
  });
});
