import assert from 'node:assert/strict';
import test from 'node:test';
import { Hono } from 'hono';
import { ProblemError, problem } from '#api/problems.ts';
import { createQuarantine } from '#core/ingress/quarantine.ts';
import { bodyOf, createWorld, ours, sign, succeeded } from '#core/ingress/testKit.ts';
import { routeProviderWebhooks } from './providerWebhooks.ts';

const BODY = bodyOf({ reference: ours(1), outcome: succeeded('auth_1', 1) });

/** The routes alone; whoever says which scope it has, has it. */
function start() {
  const world = createWorld();
  const { inbox, accounts, clock, receiving } = world;
  const app = new Hono();
  routeProviderWebhooks(app, {
    authenticate: async (authorization, scope) => {
      if (authorization === undefined) throw new ProblemError('token_missing');
      if (authorization !== scope) throw new ProblemError('scope_insufficient');
      return { subject: 's', client: 'c', merchant: 'm', scopes: new Set([scope]) };
    },
    receiveWebhook: receiving.receive,
    quarantine: createQuarantine({ inbox, accounts, clock }),
  });
  app.onError((error, c) =>
    error instanceof ProblemError ? problem(c, error.code, error.details) : problem(c, 'internal_error'),
  );

  async function call(
    method: string,
    path: string,
    more: { body?: string | Uint8Array; headers?: Record<string, string> } = {},
  ) {
    const response = await app.request(path, { method, ...more });
    return {
      status: response.status,
      headers: response.headers,
      json: (await response.json()) as Record<string, unknown>,
    };
  }

  const post = (path: string, body: string | Uint8Array, signature: string) =>
    call('POST', path, { body, headers: { Signature: signature } });
  const operate = (method: string, path: string, scope: string) =>
    call(method, path, { headers: { authorization: scope } });
  return { ...world, call, post, operate };
}

test('a genuine webhook is kept and answered, with or without its account in the path', async () => {
  for (const path of ['/providers/fake/webhooks', '/providers/fake/webhooks/acct_1']) {
    const { post, first } = start();
    const { status, json } = await post(path, BODY, sign('acct_1', BODY));
    assert.deepEqual([status, json], [200, { received: true }]);
    assert.equal(Buffer.from((await first()).body).toString(), BODY);
  }
});

test('a repeated one is answered the same', async () => {
  const { post, inbox } = start();
  for (let n = 0; n < 2; n += 1)
    assert.equal((await post('/providers/fake/webhooks', BODY, sign('acct_1', BODY))).status, 200);
  assert.equal((await inbox.counts()).waiting, 1);
});

test('what is not genuine is 401, who is not known is 404, and nothing of it is kept', async () => {
  const { post, call, inbox } = start();
  const forged = await post('/providers/fake/webhooks/acct_1', BODY, sign('acct_2', BODY));
  assert.deepEqual(
    [forged.status, forged.json['code'], forged.headers.get('www-authenticate')],
    [401, 'signature_invalid', 'Signature'],
  );
  assert.equal((await call('POST', '/providers/fake/webhooks')).status, 401);
  for (const path of ['/providers/nobody/webhooks', '/providers/fake/webhooks/acct_3']) {
    const { status, json } = await post(path, BODY, sign('acct_1', BODY));
    assert.deepEqual([status, json['code']], [404, 'provider_not_found']);
  }
  assert.equal((await inbox.counts()).waiting, 0);
});

test('a body may have 256 KiB, whatever it says of itself', async () => {
  const { post } = start();
  const most = 'x'.repeat(256 * 1024);
  assert.equal((await post('/providers/fake/webhooks', most, sign('acct_1', most))).status, 200);
  const { status, json, headers } = await post('/providers/fake/webhooks', `${most}x`, sign('acct_1', `${most}x`));
  assert.deepEqual([status, json['code'], headers.get('connection')], [413, 'body_too_large', 'close']);
});

test('operators see what is quarantined, and try it again', async () => {
  const { post, operate, first, inbox, time } = start();
  await post('/providers/fake/webhooks', BODY, sign('acct_1', BODY));
  const { id } = await first();
  await inbox.quarantine(id, { attempts: 8, reason: 'payment_unknown' });
  const listed = await operate('GET', '/v1/quarantine', 'operations:read');
  assert.deepEqual(listed.json, {
    object: 'list',
    data: [
      {
        id,
        object: 'quarantined_item',
        status: 'quarantined',
        provider: 'fake',
        account: 'acct_1',
        reason: 'payment_unknown',
        attempts: 8,
        received_at: new Date(time.now).toISOString(),
        body: BODY,
      },
    ],
    next_cursor: null,
  });
  const retried = await operate('POST', `/v1/quarantine/${id}/retry`, 'operations:write');
  assert.deepEqual([retried.status, retried.json], [202, { id, object: 'quarantined_item', status: 'waiting' }]);
  const again = await operate('POST', `/v1/quarantine/${id}/retry`, 'operations:write');
  assert.deepEqual([again.status, again.json['code']], [404, 'quarantined_item_not_found']);
});

test('nobody else does', async () => {
  const { call, operate } = start();
  assert.equal((await call('GET', '/v1/quarantine')).status, 401);
  assert.equal((await operate('GET', '/v1/quarantine', 'payments:read')).status, 403);
  assert.equal((await operate('POST', '/v1/quarantine/x/retry', 'operations:read')).status, 403);
});

test('a query that the list does not know is refused', async () => {
  const { operate } = start();
  for (const [query, code] of [
    ['limit=0', 'request_malformed'],
    ['size=3', 'request_malformed'],
    ['cursor=nonsense', 'cursor_invalid'],
  ] as const) {
    const { status, json } = await operate('GET', `/v1/quarantine?${query}`, 'operations:read');
    assert.deepEqual([status, json['code']], [400, code]);
  }
});
