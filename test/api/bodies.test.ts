import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Api, startApi } from './harness.ts';

let api: Api;
before(async () => {
  api = await startApi();
});
after(() => api.stop());

const GOOD = '{"amount":1000,"currency":"EUR","payment_method":{"type":"card","token":"tok_approved"}';

async function send(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}/v1/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await api.tokenFor()}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
      ...headers,
    },
    body,
  });
  const { code, errors, detail } = (await response.json()) as {
    code?: string;
    detail?: string;
    errors?: readonly { pointer: string; detail: string }[];
  };
  return { status: response.status, code, detail, pointers: errors?.map(({ pointer }) => pointer), errors };
}

const MALFORMED: readonly (readonly [name: string, body: string | Uint8Array<ArrayBuffer>, pointer: string])[] = [
  ['a key that stands twice', `${GOOD},"amount":1}`, '/amount'],
  ['a key that stands twice, once escaped', `${GOOD},"\\u0061mount":1}`, '/amount'],
  ['a key that stands twice further down', `${GOOD},"metadata":{"a":"1","a":"2"}}`, '/metadata/a'],
  ['a number that loses digits', GOOD.replace('1000', '10.0000000000000001').concat('}'), '/amount'],
  ['nesting', `${GOOD},"x":${'['.repeat(40)}${']'.repeat(40)}}`, `/x${'/0'.repeat(31)}`],
  ['half a surrogate pair', `${GOOD},"description":"a\\ud800"}`, '/description'],
  ['NUL', `${GOOD},"metadata":{"a":"\\u0000"}}`, '/metadata/a'],
  ['NUL in a name', `${GOOD},"metadata":{"a\\u0000":""}}`, '/metadata/a\0'],
  ['a byte order mark', `\ufeff${GOOD}}`, ''],
  ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), ''],
  ['UTF-16', new Uint8Array([0x7b, 0, 0x7d, 0]), ''],
  ['a text that is not JSON', `${GOOD},}`, ''],
  ['two values', '{}{}', ''],
  ['an unknown field', `${GOOD},"x/y~z":1}`, '/x~1y~0z'],
  ['a field that every object has', `${GOOD},"__proto__":{}}`, '/__proto__'],
  ['a whole number as a text', GOOD.replace('1000', '"1000"').concat('}'), '/amount'],
  ['a return_url that a parser would clean', `${GOOD},"return_url":"https://shop.example/\\r\\nx: y"}`, '/return_url'],
  ['a return_url with a backslash', `${GOOD},"return_url":"https://shop.example\\\\@x.example/"}`, '/return_url'],
  ['no object', '[]', ''],
  ['null', 'null', ''],
];

for (const [name, body, pointer] of MALFORMED) {
  test(`${name} is refused, and the field is named`, async () => {
    const { status, code, pointers } = await send(body);
    assert.deepEqual([status, code, pointers], [400, 'request_malformed', [pointer]]);
  });
}

test('a field that is not there is said to be required', async () => {
  const { errors } = await send('{"amount":1000,"payment_method":{"type":"card","token":"tok_approved"}}');
  assert.deepEqual(errors, [{ pointer: '/currency', detail: 'This field is required' }]);
});

test('where the JSON breaks is told, and nothing of the body is quoted', async () => {
  const { detail } = await send('{\n  "secret": "x",,\n}');
  assert.equal(detail, 'The body is not valid JSON: see line 2, column 17');
});

test('a card number is named by its place, and masked where it is the name', async () => {
  const number = ['4111', '1111', '1111', '1111'].join('');
  for (const [member, pointer] of [
    [`"metadata":{"card":"${number}"}`, '/metadata/card'],
    [`"metadata":{"card":"\\u0034${number.slice(1)}"}`, '/metadata/card'],
    [`"metadata":{"${number}":"x"}`, '/metadata/****1111'],
    [`"x":[0,{"y":${number}}]`, '/x/1/y'],
  ] as const) {
    const { code, pointers } = await send(`${GOOD},${member}}`);
    assert.deepEqual([code, pointers], ['card_number_in_field', [pointer]]);
  }
  const broken = await send(`{"a":"${number}`);
  assert.deepEqual([broken.code, broken.pointers], ['card_number_in_field', ['']]);
});

test('a card number at the bottom of the deepest body holds nobody up', async () => {
  const number = ['4111', '1111', '1111', '1111'].join('');
  const began = performance.now();
  const { code, pointers } = await send(`${'['.repeat(32_000)}"${number}"${']'.repeat(32_000)}`);
  assert.deepEqual([code, pointers], ['card_number_in_field', ['/0'.repeat(32_000)]]);
  assert.ok(performance.now() - began < 2000, 'it took too long');
});

test('of very many fields that are wrong the first hundred are named', async () => {
  const { code, errors } = await send(`{${Array.from({ length: 5000 }, (_, n) => `"x${n}":1`).join(',')}}`);
  assert.deepEqual([code, errors?.length], ['request_malformed', 100]);
});

test('only JSON in UTF-8, not packed, is read', async () => {
  for (const headers of [
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json;charset="iso-8859-1"' },
    { 'content-encoding': 'gzip' },
  ])
    assert.equal((await send(`${GOOD}}`, headers)).code, 'media_type_unsupported', JSON.stringify(headers));
  for (const headers of [
    { 'content-type': 'application/json; charset=UTF-8' },
    { 'content-type': 'application/merge-patch+json' },
    { 'content-encoding': 'identity' },
  ])
    assert.equal((await send(`${GOOD}}`, headers)).status, 201, JSON.stringify(headers));
});

test('a parameter that stands twice is refused by its name', async () => {
  const { status, body } = await api.get('/v1/payments?limit=1&status=succeeded&limit=2');
  assert.deepEqual([status, body.errors.map(({ pointer }: { pointer: string }) => pointer)], [400, ['/limit']]);
});
