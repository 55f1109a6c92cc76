import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { SCOPES, type Scope } from '#api/scopes.ts';
import { type Api, type Reply, startApi, tokenOf, until, type Wire } from '../harness.ts';
import { ACCESS, type Access, type Made, PUBLIC } from './table.ts';

/** Every route there is: without a token, without the scope, as another merchant, as an operator. */

let api: Api;
let made: Made;
before(async () => {
  api = await startApi();
  made = await makeObjects();
});
after(() => api.stop());

const MERCHANT_SCOPES = (Object.keys(SCOPES) as Scope[]).filter((scope) => !scope.startsWith('operations:'));
const CASES = Object.entries(ACCESS).map(([route, access]) => ({ route, method: route.split(' ')[0] ?? '', access }));
const isOperators = ({ scope }: Access) => scope.startsWith('operations:');

async function makeObjects(): Promise<Made> {
  const { body: endpoint } = await api.post('/v1/webhook_endpoints', { url: 'https://shop.example/webhooks' });
  const { body: payment } = await api.pay('tok_approved', { amount: 1000 });
  const { body: refund } = await api.post(`/v1/payments/${payment.id}/refunds`, { amount: 100 });
  const account = await until(async () => {
    const { body } = await api.get('/v1/ledger/accounts');
    const { body: list } = await api.get('/v1/payments');
    return list.data.length > 0 && (body.data[0]?.id as string | undefined);
  });
  const delivery = await until(async () => (await api.get('/v1/webhook_deliveries')).body.data[0] as Wire);
  const credentials = { api_key: 'a_key', webhook_secret: 'a_secret' };
  const body = { provider: 'simulator', credentials, priority: 1000 };
  const { body: providerAccount } = await api.call('PUT', '/v1/provider_accounts/main', { body });
  return {
    payment: payment.id,
    refund: refund.id,
    operation: payment.operations[0].id,
    account,
    providerAccount: providerAccount.id,
    webhookEndpoint: endpoint.id,
    webhookDelivery: delivery.id,
    event: delivery.event,
  };
}

function ask({ method, access }: { method: string; access: Access }, token: string | null): Promise<Reply> {
  const body = access.body?.(made) ?? (method === 'GET' ? undefined : {});
  const authorization = token === null ? null : `Bearer ${token}`;
  return api.call(method, access.path(made), { body, headers: { authorization } });
}

const isRefused = ({ status }: Reply) => status === 401 || status === 403;

test('every route of the app is in the table, or public for a reason', () => {
  const routes = new Set(api.routes.map(({ method, path }) => `${method} ${path}`));
  const known = new Set([...Object.keys(ACCESS), ...Object.keys(PUBLIC)]);
  assert.deepEqual(
    [...routes].filter((route) => !known.has(route)),
    [],
    'say in test/api/access/table.ts who may call it',
  );
  assert.deepEqual(
    [...known].filter((route) => !routes.has(route)),
    [],
    'these are gone',
  );
});

describe('without a token: 401, and nothing else is looked at', () => {
  for (const { route, ...asked } of CASES)
    test(route, async () => {
      const { status, body, headers } = await ask(asked, null);
      assert.deepEqual([status, body.code, headers.get('www-authenticate')], [401, 'token_missing', 'Bearer']);
    });
});

describe('with every scope but its own: 403, which names it', () => {
  for (const { route, ...asked } of CASES)
    test(route, async () => {
      const others = MERCHANT_SCOPES.filter((scope) => scope !== asked.access.scope);
      const { status, body, headers } = await ask(asked, await tokenOf(api.clients.merchant, others.join(' ')));
      assert.deepEqual([status, body.code], [403, 'scope_insufficient']);
      assert.equal(headers.get('www-authenticate'), `Bearer error="insufficient_scope", scope="${asked.access.scope}"`);
    });
});

describe('with its own scope alone it is let in', () => {
  for (const { route, ...asked } of CASES)
    test(route, async () => {
      const client = isOperators(asked.access) ? api.clients.operator : api.clients.merchant;
      const reply = await ask(asked, await tokenOf(client, asked.access.scope));
      assert.equal(isRefused(reply), false, JSON.stringify(reply.body));
      if (!isOperators(asked.access)) assert.notEqual(reply.status, 404, JSON.stringify(reply.body));
    });
});

describe('another merchant, with all its scopes, finds none of it', () => {
  for (const { route, ...asked } of CASES.filter(({ access }) => access.foreign !== 'no_object'))
    test(route, async () => {
      const { status, body } = await ask(asked, await tokenOf(api.clients.otherMerchant));
      assert.equal(status, asked.access.foreign === 'not_found' ? 404 : 200, JSON.stringify(body));
      if (asked.access.foreign === 'left_out') {
        const text = JSON.stringify(body);
        const ours = [...Object.values(made), api.clients.merchant.merchant ?? '', '"EUR"'];
        assert.deepEqual(
          ours.filter((word) => text.includes(word)),
          [],
        );
      }
    });
});

test('the 404 of what is not yours is the 404 of what is not there', async () => {
  const other = { authorization: `Bearer ${await tokenOf(api.clients.otherMerchant)}` };
  const [foreign, nothing] = await Promise.all(
    [made.payment, `pay_${'0'.repeat(32)}`].map((id) => api.call('GET', `/v1/payments/${id}`, { headers: other })),
  );
  const shown = (reply: Reply | undefined) => ({ ...reply?.body, instance: '', trace_id: '' });
  assert.deepEqual(shown(foreign), shown(nothing));
});

test('the same idempotency key of two merchants makes two payments', async () => {
  const pay = async (client: keyof Api['clients']) => {
    const authorization = `Bearer ${await tokenOf(api.clients[client])}`;
    return await api.pay('tok_approved', {}, { authorization, 'idempotency-key': 'shared' });
  };
  const [one, two] = [await pay('merchant'), await pay('otherMerchant')];
  assert.deepEqual([one.status, two.status, two.headers.get('idempotency-replayed')], [201, 201, null]);
  assert.notEqual(one.body.id, two.body.id);
});

describe('an operator reads what all merchants have, acts only where it may, and is no merchant', () => {
  for (const { route, ...asked } of CASES)
    test(route, async () => {
      const [acting, reading] = await Promise.all([tokenOf(api.clients.operator), tokenOf(api.clients.reader)]);
      const isLetIn = async (token: string) => !isRefused(await ask(asked, token));
      const { operators } = asked.access;
      assert.deepEqual([await isLetIn(reading), await isLetIn(acting)], [operators === 'read', operators !== 'none']);
      if (operators === 'read' && asked.access.foreign === 'not_found')
        assert.equal((await ask(asked, reading)).status, 200);
      if (operators === 'read' && asked.access.foreign === 'left_out')
        assert.ok(((await ask(asked, reading)).body.data ?? (await ask(asked, reading)).body.currencies).length > 0);
    });
});

test("an operator's list has the payments of both merchants", async () => {
  const authorization = `Bearer ${await tokenOf(api.clients.otherMerchant)}`;
  const { body: theirs } = await api.pay('tok_approved', {}, { authorization });
  const reader = { authorization: `Bearer ${await tokenOf(api.clients.reader)}` };
  await until(async () => {
    const { body } = await api.call('GET', '/v1/payments?limit=100', { headers: reader });
    const ids = body.data.map(({ id }: { id: string }) => id);
    return ids.includes(theirs.id) && ids.includes(made.payment);
  });
});
