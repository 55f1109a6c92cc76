import assert from 'node:assert/strict';
import test from 'node:test';
import type { Answered } from './answered.ts';
import { type AppDeps, createApp } from './app.ts';
import { DECLARED_ROUTES } from './contract/declared.ts';
import { createRateLimiter } from './rateLimiter.ts';
import { problemSchema } from './schemas/problemAnswer.ts';

const told: Answered[] = [];
// why: registering a route calls nothing.
const app = createApp({
  log: { error: () => {} },
  onAnswered: (answered: Answered) => told.push(answered),
  now: () => 0,
  publicUrl: 'https://api.example.com',
  rateLimiter: createRateLimiter({
    limits: { readsPerSecond: 0, writesPerSecond: 0, tokensPerSecond: 0, denialsPerSecond: 0 },
    now: () => 0,
    addressOf: () => '',
  }),
} as unknown as AppDeps);

test('what is declared is registered, and nothing else is', () => {
  const registered = app.routes.filter(({ path }) => path !== '/*').map(({ method, path }) => `${method} ${path}`);
  const declared = Object.values(DECLARED_ROUTES).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual(registered.sort(), declared.sort());
});

test('what nobody expected is a problem that says so, with the outcome unknown', async () => {
  const answer = await app.request('/return/x');
  const { code, outcome } = problemSchema.parse(await answer.json());
  assert.deepEqual([answer.status, code, outcome], [500, 'internal_error', 'unknown']);
});

test('each request is told with the pattern of its route and nothing that a client chose', async () => {
  told.length = 0;
  await app.request('/return/x');
  await app.request('/v1/nothing/x', { method: 'PROPFIND' });
  await app.request('/v1/payments/pay_x/capture?a=b');
  assert.deepEqual(told, [
    { method: 'GET', route: '/return/:id', status: 500, durationMs: 0 },
    { method: 'other', route: 'none', status: 404, durationMs: 0 },
    { method: 'GET', route: 'none', status: 405, durationMs: 0 },
  ]);
});

test('behind https, browsers are told to stay there', async () => {
  const { headers } = await app.request('/healthz');
  assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
});

test('each example is one of its schema', () => {
  for (const [operationId, { body, bodyExamples = {}, responses }] of Object.entries(DECLARED_ROUTES)) {
    for (const [name, example] of Object.entries(bodyExamples))
      assert.ok(body?.safeParse(example).success, `${operationId}, request ${name}`);
    for (const [status, { schema, examples = {} }] of Object.entries(responses)) {
      for (const [name, example] of Object.entries(examples)) {
        const result = schema?.safeParse(example);
        assert.ok(result?.success, `${operationId}, ${status} ${name}: ${String(result?.error)}`);
      }
    }
  }
});
