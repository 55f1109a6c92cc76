import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from '../client/florin.d.ts';
import { type Api, startApi, until } from './harness.ts';

/** A client that a generator made from docs/reference/openapi.json: the compiler checks each call and each answer here. */
type Payment = components['schemas']['Payment'];

let api: Api;
let client: Client<paths>;
before(async () => {
  api = await startApi();
  client = createClient<paths>({
    baseUrl: api.url,
    headers: { authorization: `Bearer ${await api.tokenFor()}` },
  });
});
after(() => api.stop());

let keys = 0;
const header = () => {
  keys += 1;
  return { 'Idempotency-Key': `typed-${keys}` };
};

async function pay(token: string, more: Partial<components['schemas']['CreatePayment']> = {}): Promise<Payment> {
  const { data, error } = await client.POST('/v1/payments', {
    params: { header: header() },
    body: { amount: 1999, currency: 'EUR', payment_method: { type: 'card', token }, ...more },
  });
  if (error !== undefined) throw new Error(error.code);
  return data;
}

test('a payment is made, captured in parts, refunded and read back', async () => {
  const payment = await pay('tok_approved', { capture: 'manual' });
  const path = { id: payment.id };
  const part = await client.POST('/v1/payments/{id}/capture', {
    params: { path, header: header() },
    body: { amount: 500, final: false },
  });
  assert.equal(part.data?.status satisfies components['schemas']['PaymentStatus'] | undefined, 'partially_captured');
  const rest = await client.POST('/v1/payments/{id}/capture', { params: { path, header: header() }, body: {} });
  assert.deepEqual([rest.data?.status, rest.data?.amount_captured], ['succeeded', 1999]);
  const refund = await client.POST('/v1/payments/{id}/refunds', {
    params: { path, header: header() },
    body: { amount: 200, reason: 'requested_by_customer' },
  });
  assert.equal(refund.data?.status, 'succeeded');
  const read = await client.GET('/v1/refunds/{id}', { params: { path: { id: refund.data.id } } });
  assert.deepEqual(read.data, refund.data);
  const now = await client.GET('/v1/payments/{id}', { params: { path } });
  assert.equal(now.data?.amount_refunded, 200);
  const then = await client.GET('/v1/payments/{id}', { params: { path, query: { as_of: '1' } } });
  assert.equal(then.data?.version, 1);
});

test('a decline and a doubt are read without a cast', async () => {
  const { last_error: error } = await pay('tok_insufficient_funds');
  assert.deepEqual([error?.decline_code, error?.retryable], ['insufficient_funds', true]);
  const { data, response } = await client.POST('/v1/payments', {
    params: { header: header() },
    body: { amount: 1999, currency: 'EUR', payment_method: { type: 'card', token: 'tok_timeout_lost' } },
  });
  assert.deepEqual([response.status, data?.status, data?.amount_in_doubt], [202, 'in_doubt', 1999]);
});

test('problems have a code that a switch knows', async () => {
  const { error } = await client.POST('/v1/payments/{id}/capture', {
    params: { path: { id: (await pay('tok_approved')).id }, header: header() },
    body: {},
  });
  assert.ok(error);
  switch (error.code) {
    case 'payment_not_capturable':
      assert.equal(error.payment_status, 'succeeded');
      break;
    default:
      assert.fail(error.code);
  }
  const malformed = await client.POST('/v1/payments', {
    params: { header: header() },
    body: { amount: 0, currency: 'EUR', confirm: false },
  });
  assert.deepEqual(
    malformed.error?.errors.map(({ pointer }) => pointer),
    ['/amount'],
  );
});

test('lists are walked to their end', async () => {
  const made = await Promise.all(Array.from({ length: 3 }, () => pay('tok_approved', { metadata: { walk: 'yes' } })));
  const wanted = made.map(({ id }) => id).sort();
  await until(async () => {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { data?: components['schemas']['PaymentList'] } = await client.GET('/v1/payments', {
        params: { query: { limit: 2, ...(cursor === null ? {} : { cursor }) } },
      });
      for (const { id, metadata } of page.data?.data ?? []) if (metadata['walk'] === 'yes') found.push(id);
      cursor = page.data?.next_cursor ?? null;
    } while (cursor !== null);
    return found.sort().join() === wanted.join();
  });
});

test('what the document does not allow does not compile', () => {
  // Never called: the compiler is what is under test, and tells when one of these is no error any more.
  const body = { amount: 1, currency: 'EUR' };
  const wrong = () => [
    // @ts-expect-error why: an amount is a number
    pay('tok_approved', { amount: '1999' }),
    // @ts-expect-error why: there is no such field
    pay('tok_approved', { colour: 'red' }),
    // @ts-expect-error why: the key is required
    client.POST('/v1/payments', { body }),
    // @ts-expect-error why: there is no such path
    client.GET('/v1/nothing'),
  ];
  assert.equal(typeof wrong, 'function');
});
