import assert from 'node:assert/strict';
import test from 'node:test';
import { type AppDeps, createApp } from './app.ts';
import { DECLARED_ROUTES } from './contract/declared.ts';
import { createRateLimiter } from './rateLimiter.ts';
import { problemSchema } from './schemas/problemAnswer.ts';

// why: registering a route calls nothing.
const app = createApp({
  log: { error: () => {} },
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
