import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { DOCUMENTED_ROUTES } from '#api/contract/declared.ts';
import { type Api, startApi, until, type Wire } from './harness.ts';

/** Sends each request example of the document to the platform. The harness holds every answer against its schema. */
let api: Api;
let document: Wire;
before(async () => {
  api = await startApi();
  document = (await api.get('/openapi.json')).body;
});
after(() => api.stop());

const held = async () => (await api.pay('tok_approved', { capture: 'manual' })).body;
const doubted = async () => (await api.pay('tok_timeout_lost')).body;

const endpoint = async () => (await api.post('/v1/webhook_endpoints', { url: 'https://shop.example/webhooks' })).body;
/** There as soon as the payment was told of, whether it has arrived or not. */
const delivery = async () => {
  const { id } = await endpoint();
  await api.pay('tok_approved');
  return await until(async () => (await api.get(`/v1/webhook_deliveries?endpoint=${id}`)).body.data[0] as Wire);
};
const ofEndpoint = async (path: string, body: Wire) => ({ path: path.replace('{id}', (await endpoint()).id), body });
const ofDelivery = async (path: string, body: Wire) => ({ path: path.replace('{id}', (await delivery()).id), body });

type Example = { path: string; body?: Wire };

/** Switched off: the payments of other examples go elsewhere. */
async function ofAccount(path: string): Promise<Example> {
  const credentials = { api_key: 'a_key', webhook_secret: 'a_secret' };
  const body = { provider: 'simulator', credentials, enabled: false };
  await api.call('PUT', '/v1/provider_accounts/main', { body });
  return { path: path.replace('{account}', 'main') };
}

/** How to come by what the path of an operation names, or by what its example can't know beforehand. */
const PREPARED: Readonly<Record<string, (path: string, body: Wire) => Promise<Example>>> = {
  getPayment: async (path) => ({ path: path.replace('{id}', (await held()).id) }),
  listPaymentEvents: async (path) => ({ path: path.replace('{id}', (await held()).id) }),
  getPaymentTimeline: async (path) => ({ path: path.replace('{id}', (await held()).id) }),
  confirmPayment: async (path, body) => {
    const { body: payment } = await api.post('/v1/payments', { amount: 1999, currency: 'EUR', confirm: false });
    return { path: path.replace('{id}', payment.id), body };
  },
  capturePayment: async (path, body) => ({ path: path.replace('{id}', (await held()).id), body }),
  cancelPayment: async (path, body) => ({ path: path.replace('{id}', (await held()).id), body }),
  createRefund: async (path, body) => ({ path: path.replace('{id}', (await api.pay('tok_approved')).body.id), body }),
  getRefund: async (path) => {
    const { body: payment } = await api.pay('tok_approved');
    const { body: refund } = await api.post(`/v1/payments/${payment.id}/refunds`, {});
    return { path: path.replace('{id}', refund.id) };
  },
  stateEvidence: async (path, body) => {
    const payment = await doubted();
    return { path: path.replace('{id}', payment.id), body: { ...body, operation: payment.operations[0].id } };
  },
  putProviderAccount: async (path, body) => ({ path: (await ofAccount(path)).path, body }),
  getProviderAccount: ofAccount,
  deleteProviderAccount: ofAccount,
  getEvent: async (path) => ({ path: path.replace('{id}', (await delivery()).event) }),
  getWebhookEndpoint: ofEndpoint,
  updateWebhookEndpoint: ofEndpoint,
  deleteWebhookEndpoint: ofEndpoint,
  rotateWebhookSecret: ofEndpoint,
  testWebhookEndpoint: ofEndpoint,
  getWebhookDelivery: ofDelivery,
  redeliverWebhook: ofDelivery,
  listLedgerAccountEntries: async (path) => {
    await api.pay('tok_approved');
    const account = await until(async () => (await api.get('/v1/ledger/accounts')).body.data[0]);
    return { path: path.replace('{id}', account.id) };
  },
};

/** Asked for by others than merchants, with what only they have; under test elsewhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  receiveProviderWebhook: 'test/ingress',
  receiveProviderAccountWebhook: 'test/ingress',
  retryQuarantinedItem: 'test/ingress',
};

for (const [operationId, route] of Object.entries(DOCUMENTED_ROUTES)) {
  if (operationId in ELSEWHERE) continue;
  const names = Object.keys(route.bodyExamples ?? { '': null });
  for (const name of names) {
    test(`${operationId} ${name}`.trim(), { timeout: 30_000 }, async () => {
      const [path, operation] = find(operationId);
      const body = operation.requestBody?.content['application/json'].examples[name].value;
      const prepare = PREPARED[operationId];
      assert.ok(prepare !== undefined || !path.includes('{'), 'say in PREPARED how to come by what the path names');
      const example = prepare === undefined ? { path, body } : await prepare(path, body);
      const { status, body: answer } = await api.call(route.method.toUpperCase(), example.path, {
        ...(example.body === undefined ? {} : { body: example.body }),
      });
      assert.ok(status < 300, `${status} ${JSON.stringify(answer)}`);
    });
  }
}

test('every operation that takes a body has an example of it', () => {
  for (const [operationId, { body, bodyExamples }] of Object.entries(DOCUMENTED_ROUTES))
    assert.equal(body !== undefined, bodyExamples !== undefined, operationId);
});

test('the document: 3.1, once for all who have it', async () => {
  assert.match(document.openapi, /^3\.1\./);
  const { headers } = await api.get('/openapi.json');
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  const again = await fetch(`${api.url}/openapi.json`, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
  assert.deepEqual([again.status, await again.text()], [304, '']);
});

function find(operationId: string): [string, Wire] {
  for (const [path, item] of Object.entries(document.paths as Record<string, Record<string, Wire>>)) {
    for (const operation of Object.values(item)) if (operation.operationId === operationId) return [path, operation];
  }
  throw new Error(`${operationId} is not in the document`);
}
