import assert from 'node:assert/strict';
import test from 'node:test';
import { Hono } from 'hono';
import { ProblemError, problem } from './problems.ts';
import { createRateLimiter, takeOfClient } from './rateLimiter.ts';

const LIMITS = { readsPerSecond: 2, writesPerSecond: 1, tokensPerSecond: 1, denialsPerSecond: 1 };

/** An app that believes every caller's name and address. */
function start(limits = LIMITS) {
  const time = { now: 1000 };
  const limiter = createRateLimiter({
    limits,
    now: () => time.now,
    addressOf: (c) => c.req.header('address') ?? '',
  });
  const app = new Hono();
  app.use(limiter.middleware);
  app.all('/client', (c) => {
    takeOfClient(c, c.req.header('client') ?? '');
    return c.json({});
  });
  app.post('/token', (c) => {
    limiter.takeToken(c);
    return c.json({});
  });
  app.get('/denied', () => {
    throw new ProblemError('token_invalid');
  });
  app.onError((error, c) => {
    const { code, details } = error as ProblemError;
    const instead = code === 'token_invalid' ? limiter.denied(c) : null;
    return problem(c, instead?.code ?? code, instead?.details ?? details);
  });
  const call = async (method: string, path: string, headers: Record<string, string>) => {
    const response = await app.request(path, { method, headers });
    return { status: response.status, headers: response.headers, body: (await response.json()) as object };
  };
  return { time, call };
}

test('reads and writes of a client are counted apart, and so are clients', async () => {
  const { call } = start();
  const statuses = async (method: string, client: string, times: number) => {
    const all: number[] = [];
    for (let n = 0; n < times; n += 1) all.push((await call(method, '/client', { client })).status);
    return all;
  };
  assert.deepEqual(await statuses('POST', 'a', 3), [200, 200, 429]);
  assert.deepEqual(await statuses('GET', 'a', 5), [200, 200, 200, 200, 429]);
  assert.deepEqual(await statuses('DELETE', 'b', 3), [200, 200, 429]);
});

test('headers tell the policy and what is left; a refusal tells when to come again, and that it is safe', async () => {
  const { call, time } = start();
  const first = await call('POST', '/client', { client: 'a' });
  assert.equal(first.headers.get('ratelimit-policy'), '"writes";q=2;w=2');
  assert.equal(first.headers.get('ratelimit'), '"writes";r=1;t=1');
  await call('POST', '/client', { client: 'a' });
  const refused = await call('POST', '/client', { client: 'a' });
  assert.equal(refused.headers.get('ratelimit'), '"writes";r=0;t=2');
  assert.equal(refused.headers.get('retry-after'), '1');
  const { code, outcome, safe_to_retry } = refused.body as { code: string; outcome: string; safe_to_retry: boolean };
  assert.deepEqual([code, outcome, safe_to_retry], ['rate_limited', 'not_attempted', true]);
  time.now += 1000;
  assert.equal((await call('POST', '/client', { client: 'a' })).status, 200);
});

test('tokens are counted by address, and refusals of an address turn into 429', async () => {
  const { call } = start();
  for (const [path, method, before] of [
    ['/token', 'POST', 200],
    ['/denied', 'GET', 401],
  ] as const) {
    for (let n = 0; n < 20; n += 1) assert.equal((await call(method, path, { address: '1.1.1.1' })).status, before);
    const { status, headers } = await call(method, path, { address: '1.1.1.1' });
    assert.deepEqual([status, headers.get('retry-after')], [429, '1']);
    assert.equal((await call(method, path, { address: '2.2.2.2' })).status, before);
  }
});

test('what was longest without a request is forgotten first', async () => {
  const { call } = start();
  const post = async (client: string) => (await call('POST', '/client', { client })).status;
  for (const client of ['old', 'old', 'busy', 'busy']) await post(client);
  for (let n = 0; n < 9999; n += 1) await post(String(n));
  assert.deepEqual([await post('busy'), await post('old')], [429, 200]);
});

test('no limit, no header', async () => {
  const { call } = start({ readsPerSecond: 0, writesPerSecond: 0, tokensPerSecond: 0, denialsPerSecond: 0 });
  for (let n = 0; n < 100; n += 1) {
    const { status, headers } = await call('POST', '/client', { client: 'a' });
    assert.deepEqual([status, headers.get('ratelimit')], [200, null]);
    assert.equal((await call('POST', '/token', {})).status, 200);
    assert.equal((await call('GET', '/denied', {})).status, 401);
  }
});
