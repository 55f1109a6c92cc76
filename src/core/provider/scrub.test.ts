import assert from 'node:assert/strict';
import test from 'node:test';
import { createScrubber } from './scrub.ts';

const card = ['4111', '1111', '1111', '1111'].join('');
const scrub = createScrubber({ headers: ['x-merchant-key'], fields: ['token', 'cvc', 'a.b'] });
const request = (body: string | null, headers = {}) =>
  JSON.parse(scrub.request({ method: 'POST', url: 'http://p/x', headers, body })) as {
    headers: Record<string, string>;
    body: string | null;
  };

const BODIES: Readonly<Record<string, readonly [string, string]>> = {
  'a field': ['{"token":"tok_1","amount":5}', '{"token":"***","amount":5}'],
  'a field with spaces and escapes': ['{"token" : "t\\"o\\\\k" }', '{"token":"***" }'],
  'a number': ['{"cvc":123,"x":1}', '{"cvc":"***","x":1}'],
  'nothing that is null': ['{"token": null,"x":1}', '{"token": null,"x":1}'],
  'an object with all that is in it': ['{"token":{"a":[1,"}"],"b":{"token":"t"}},"x":1}', '{"token":"***","x":1}'],
  'a list': ['{"token":[{"a":1},"b"],"x":1}', '{"token":"***","x":1}'],
  'an object that was cut': ['{"x":1,"token":{"a":["b', '{"x":1,"token":"***"'],
  'a field twice': ['[{"token":"a"},{"token":"b"}]', '[{"token":"***"},{"token":"***"}]'],
  'a nested field': ['{"card":{"token":"t"}}', '{"card":{"token":"***"}}'],
  'a cut body': ['{"a":1,"token":"tok_lon', '{"a":1,"token":"***"'],
  'a form': ['amount=5&token=abc&x=1', 'amount=5&token=***&x=1'],
  'a nested form field': ['card[token]=abc&x=1', 'card[token]=***&x=1'],
  'a card number anywhere': [`{"note":"${card}"}`, '{"note":"****1111"}'],
  'a card number in escapes': [`{"note":"\\u0034${card.slice(1)}"}`, '{"note":"****1111"}'],
  'a card number in a form': [`note=${card.replace(/.{4}/g, '$&+')}&x=1`, 'note=****1111+&x=1'],
  'a name with a dot': ['{"a.b":"x","axb":"y"}', '{"a.b":"***","axb":"y"}'],
};

for (const [name, [before, after]] of Object.entries(BODIES)) {
  test(`masks ${name}`, () => assert.equal(request(before).body, after));
}

test('masks card numbers in the address and in headers', () => {
  const kept = scrub.request({
    method: 'GET',
    url: `http://p/x?reference=%34${card.slice(1)}`,
    headers: { a: card },
    body: null,
  });
  assert.deepEqual(JSON.parse(kept), {
    method: 'GET',
    url: 'http://p/x?reference=****1111',
    headers: { a: '****1111' },
    body: null,
  });
});

test('masks credentials in headers, whatever their case', () => {
  const { headers } = request(null, { Authorization: 'Bearer s', 'X-Merchant-Key': 'k', cookie: 'c', accept: 'json' });
  assert.deepEqual(headers, { Authorization: '***', 'X-Merchant-Key': '***', cookie: '***', accept: 'json' });
});

test('cuts what is too long to explain anything', () => {
  const text = scrub.response({
    status: 200,
    headers: { 'x-list': ['a', 'b'], none: undefined },
    body: 'x'.repeat(100_000),
  });
  const response = JSON.parse(text) as { body: string; headers: object };
  assert.equal(response.body.length, 8192);
  assert.deepEqual(response.headers, { 'x-list': 'a,b' });
});

test('a card number where it is cut leaves no more than its last four digits', () => {
  for (let at = 8170; at <= 8192; at += 1) {
    const { body } = JSON.parse(
      scrub.response({ status: 200, headers: {}, body: `${' '.repeat(at)}${card} ${'x'.repeat(100)}` }),
    ) as { body: string };
    assert.doesNotMatch(body, /\d{5}/, String(at));
  }
});

test('without fields of its own a provider still masks card numbers', () => {
  const plain = createScrubber({ headers: [], fields: [] });
  assert.match(plain.response({ status: 200, headers: {}, body: `n ${card}` }), /\*\*\*\*1111/);
});
