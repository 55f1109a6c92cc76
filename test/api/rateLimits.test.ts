import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Api, startApi } from './harness.ts';

let api: Api;
before(async () => {
  // So little that a burst is used up at once.
  api = await startApi({
    rateLimits: { readsPerSecond: 2, writesPerSecond: 1.5, tokensPerSecond: 0.5, denialsPerSecond: 0.25 },
  });
});
after(() => api.stop());

async function untilRefused(call: () => Promise<{ status: number }>, most = 30) {
  for (let n = 1; n <= most; n += 1) if ((await call()).status === 429) return n;
  throw new Error(`${most} requests, and none was refused`);
}

test('a client that sends too much is told so, and its payments of before are what they were', async () => {
  const made = await api.pay('tok_approved');
  assert.equal(made.headers.get('ratelimit-policy'), '"writes";q=3;w=2');
  assert.match(made.headers.get('ratelimit') ?? '', /^"writes";r=\d;t=\d$/);
  await untilRefused(() => api.pay('tok_approved'));
  const refused = await api.pay('tok_approved');
  const { code, outcome, safe_to_retry: safeToRetry } = refused.body;
  assert.deepEqual([refused.status, code, outcome, safeToRetry], [429, 'rate_limited', 'not_attempted', true]);
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.equal(refused.headers.get('cache-control'), 'no-store');
  const read = await api.get(`/v1/payments/${made.body.id}`);
  assert.deepEqual([read.status, read.headers.get('ratelimit-policy')], [200, '"reads";q=4;w=2']);
});

test('another client has its own share; whether the process lives is never refused', async () => {
  await untilRefused(() => api.get('/v1/payments'));
  assert.equal((await api.get('/v1/parked_streams')).status, 200, "the operator's");
  for (let n = 0; n < 20; n += 1) assert.equal((await api.get('/healthz')).status, 200);
});

test('an address that guesses tokens is told less and less', async () => {
  const guess = () => api.call('GET', '/v1/payments', { headers: { authorization: 'Bearer a.b.c' } });
  assert.equal((await guess()).status, 401);
  await untilRefused(guess);
  const { status, headers, body } = await guess();
  assert.deepEqual([status, body.code, headers.get('www-authenticate')], [429, 'rate_limited', null]);
  assert.notEqual((await api.get('/v1/parked_streams')).status, 401, 'who has a good token is not held up');
});

test('so is one that asks for tokens all the time', async () => {
  const ask = () => fetch(`${api.url}/oauth/token`, { method: 'POST', body: 'grant_type=client_credentials' });
  await untilRefused(ask);
});
