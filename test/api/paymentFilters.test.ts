import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Api, startApi, until } from './harness.ts';

let api: Api;
const made: Record<string, string> = {};
before(async () => {
  api = await startApi();
  const pay = async (name: string, token: string, fields: object) => {
    made[name] = (await api.pay(token, fields)).body.id;
  };
  await pay('small', 'tok_approved', { amount: 500, customer: 'cus_1', metadata: { order: '7', shop: 'a' } });
  await pay('large', 'tok_approved', { amount: 5000, customer: 'cus_1', metadata: { order: '8' } });
  await pay('yen', 'tok_declined', { amount: 500, currency: 'JPY' });
  await until(async () => (await api.get('/v1/payments')).body.data.length === 3);
});
after(() => api.stop());

const found = async (query: string) => {
  const { status, body } = await api.get(`/v1/payments?${query}`);
  assert.equal(status, 200, query);
  const ids = body.data.map(({ id }: { id: string }) => id) as string[];
  return Object.keys(made).filter((name) => ids.includes(made[name] ?? ''));
};

test('each filter alone, and some together', async () => {
  const { body: large } = await api.get(`/v1/payments/${made['large']}`);
  const at = encodeURIComponent(large.created_at);
  for (const [query, names] of [
    ['provider=simulator', ['small', 'large', 'yen']],
    ['provider=another', []],
    ['currency=JPY', ['yen']],
    ['customer=cus_1', ['small', 'large']],
    ['amount_min=501', ['large']],
    ['amount_max=500', ['small', 'yen']],
    [`created_after=${at}`, ['yen']],
    [`created_before=${at}`, ['small']],
    ['metadata[order]=7', ['small']],
    ['metadata%5Border%5D=7&metadata%5Bshop%5D=a', ['small']],
    ['metadata[order]=7&metadata[shop]=b', []],
    ['status=succeeded&customer=cus_1&amount_max=1000', ['small']],
    ['q=US_1', ['small', 'large']],
    [`q=${large.id}`, ['large']],
    ['q=8&currency=EUR', ['large']],
    ['q=%25', []],
  ] as const)
    assert.deepEqual(await found(query), names, query);
});

test('what is no filter is refused, with its place', async () => {
  for (const [query, pointer] of [
    ['currency=eur', '/currency'],
    ['amount_min=-1', '/amount_min'],
    ['amount_max=1.5', '/amount_max'],
    ['created_after=yesterday', '/created_after'],
    ['metadata=7', '/metadata'],
    ['colour[red]=1', '/colour'],
    [Array.from({ length: 6 }, (_, n) => `metadata[k${n}]=1`).join('&'), '/metadata'],
    ['metadata[a]=1&metadata[a]=2', '/metadata[a]'],
    ['metadata[__proto__]=1', '/metadata[__proto__]'],
  ] as const) {
    const { status, body } = await api.get(`/v1/payments?${query}`);
    assert.deepEqual([status, body.errors?.[0]?.pointer], [400, pointer], query);
  }
});

test('facts and timeline come whole, or page by page', async () => {
  for (const what of ['events', 'timeline']) {
    const path = `/v1/payments/${made['small']}/${what}`;
    const { body: whole } = await api.get(path);
    assert.equal(whole.next_cursor, null);
    const walked: unknown[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await api.get(`${path}?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`);
      walked.push(...body.data);
      cursor = body.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(walked, whole.data, what);
    assert.equal((await api.get(`${path}?cursor=nonsense`)).body.code, 'cursor_invalid');
  }
});
