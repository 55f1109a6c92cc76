import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Api, type Reply, startApi } from './harness.ts';

let api: Api;
before(async () => {
  api = await startApi();
});
after(() => api.stop());

// Put together here so that no whole number stands in a file.
const groups = ['4111', '1111', '1111', '1111'];
const number = groups.join('');
const wide = number.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
const good = { amount: 1000, currency: 'EUR', payment_method: { type: 'card', token: 'tok_approved' } };

function assertRefused({ status, headers, body }: Reply): void {
  assert.deepEqual([status, body?.code], [422, 'card_number_in_field']);
  const text = decodeURIComponent(JSON.stringify([body, ...headers])).normalize('NFKC');
  assert.doesNotMatch(text.replace(/[^0-9a-z]/gi, ''), new RegExp(number));
}

const WRITTEN: Readonly<Record<string, string>> = {
  'with JSON escapes': `"\\u0034${number.slice(1)}"`,
  'with dots': JSON.stringify(groups.join('.')),
  'with two spaces': JSON.stringify(groups.join('  ')),
  'with tabs': JSON.stringify(groups.join('\t')),
  'with no-break spaces': JSON.stringify(groups.join('\u00a0')),
  'with escaped no-break spaces': `"${groups.join('\\u00a0')}"`,
  'in full-width digits': JSON.stringify(wide),
  'in a URL': JSON.stringify(`https://shop.example/?c=${groups.join('%20')}`),
  'in a form': JSON.stringify(`c=${groups.join('+')}`),
  'with percent escapes': JSON.stringify(`%34${number.slice(1)}`),
};

for (const [name, json] of Object.entries(WRITTEN)) {
  test(`a card number ${name} is refused as a value, as a key, and where no field is`, async () => {
    const with_ = (member: string) => `${JSON.stringify(good).slice(0, -1)},${member}}`;
    for (const body of [
      `"description":${json}`,
      `"metadata":{${json}:"x"}`,
      `"metadata":{"x":${json}}`,
      `${json}:1`,
      `"x":[[{"y":${json}}]]`,
    ])
      assertRefused(await api.call('POST', '/v1/payments', { body: with_(body) }));
  });
}

test('as a number, too', async () => {
  assertRefused(await api.call('POST', '/v1/payments', { body: `{"card":${number}}` }));
});

for (const path of [
  `/v1/payments/${number}`,
  `/v1/payments/${groups.join('%20')}/events`,
  `/v1/refunds/${groups.join('.')}`,
  `/v1/${encodeURIComponent(wide)}`,
  `/v1/payments/%34${number.slice(1)}`,
  `/v1/payments/%34${number.slice(1)}%ff`,
  `/return/${number}`,
  `/v1/payments?${number}=1`,
  `/v1/payments?x=${groups.join('+')}`,
  `/v1/payments?x=%34${number.slice(1)}`,
  `/v1/parked_streams?x=${number}`,
  `/healthz?${number}`,
  `/providers/simulator/webhooks/${number}`,
  `/simulator/charges?reference=${number}`,
  `/.well-known/jwks.json?x=${number}`,
]) {
  test(`a card number is refused in ${path.replace(/\d{4,}/g, '…')}`, async () => {
    assertRefused(await api.get(path));
  });
}

test('what only looks like one passes', async () => {
  const description = `order 2026-11-25 0108, 4.111.111.111.111.111, ${crypto.randomUUID()}, é – ½, line\none "quoted"`;
  const made = await api.pay('tok_approved', {
    description,
    metadata: { amount: '999999999999', at: '1790000000000' },
  });
  assert.deepEqual([made.status, made.body.description], [201, description]);
  assert.equal((await api.get(`/v1/payments/${made.body.id}?as_of=2026-11-25T01:08:45.123Z`)).status, 404);
});

test('none was logged', () => {
  assert.doesNotMatch(api.logged.join(' ').replace(/[ .-]/g, ''), new RegExp(number));
});
