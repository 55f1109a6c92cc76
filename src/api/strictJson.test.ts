import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { findFlaw, findUnusableText } from './strictJson.ts';

const pointerOf = (text: string) => findFlaw(text)?.pointer ?? null;

test('a key that stands twice is named, in whatever spelling and however deep', () => {
  for (const [text, pointer] of [
    ['{"a":1,"a":1}', '/a'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"a":{"b":[0,{"c":1,"d":2,"c":3}]}}', '/a/b/1/c'],
    ['{"a/b":1,"~":{"x":1,"x":2}}', '/~0/x'],
    ['{ "a" : [ ] , "b" : { } , "a" : null }', '/a'],
    ['{"":1,"":2}', '/'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
    ['{"\\"":1,"\\"":2}', '/"'],
    ['{"\\\\":1,"\\\\":2}', '/\\'],
  ] as const) {
    JSON.parse(text);
    assert.equal(pointerOf(text), pointer, text);
  }
});

test('the same key in two objects, in a string or as a value is none', () => {
  for (const text of [
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"\\",\\"a\\":","b":"a"}',
    '{"a":["a","a"],"b":"a"}',
    '{"a":"\\\\","b":{"a":"x\\\\\\""}}',
    '{"constructor":1,"toString":2}',
    '"a"',
    '[]',
  ])
    assert.equal(findFlaw(text), null, text);
});

test('a number that a double can not keep is named', () => {
  for (const number of [
    '10.0000000000000001',
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-1e400',
    '1e-400',
    '123456789012345678901234567890',
    '0.12345678901234567890',
    '1e999999999999',
  ])
    assert.equal(pointerOf(`{"a":[0,${number}]}`), '/a/1', number);
});

test('a number that is kept passes, however it is written', () => {
  for (const number of [
    ...[
      '0',
      '-0',
      '-0.0',
      '0e5',
      '1',
      '1.0',
      '1.50',
      '100e-2',
      '1e2',
      '1E+2',
      '0.1',
      '999999999999',
      '123456789012345',
    ],
    ...['9007199254740991', '9007199254740992', '1e21', '1.7976931348623157e308', '5e-324', '12345678901234567000'],
  ])
    assert.equal(findFlaw(`[${number}]`), null, number);
});

test('nesting to a depth of 32 passes, of 33 is named', () => {
  const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
  assert.equal(findFlaw(nested(32)), null);
  assert.equal(pointerOf(nested(34)), '/0/a'.repeat(16));
  assert.equal(pointerOf('['.repeat(30_000) + ']'.repeat(30_000)), '/0'.repeat(32));
});

/** An object in which no key stands twice, as text of any spacing and escaping. */
const escapeAll = (text: string) =>
  text.replace(/[a-z]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

test('what JSON.stringify writes has no flaw, and one key more than once always has', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }), { minKeys: 1 });
  fc.assert(
    fc.property(json, fc.nat(), fc.boolean(), (value, choice, escaped) => {
      const text = JSON.stringify(value, null, choice % 3);
      assert.equal(findFlaw(text), null);
      const keys = Object.keys(value);
      const key = JSON.stringify(keys[choice % keys.length]);
      const again = escaped && !key.includes('\\') ? escapeAll(key) : key;
      const doubled = `${text.trimEnd().slice(0, -1)},${again}:0}`;
      assert.equal(Object.keys(JSON.parse(doubled) as object).length, keys.length);
      assert.equal(findFlaw(doubled)?.detail, 'This field stands more than once');
    }),
  );
});

test('a decimal number passes exactly when its double says the same', () => {
  fc.assert(
    fc.property(fc.integer(), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(30), (whole, digits, exponent) => {
      const text = `${whole}.${digits}e-${exponent}`;
      const kept = Number(text);
      const scale = 40 + exponent;
      const exact =
        BigInt(text.replace('.', '').split('e')[0] ?? '') * 10n ** BigInt(scale - String(digits).length - exponent);
      const [, sign = '', left = '', right = '', power = '0'] =
        /^(-?)(\d+)\.?(\d*)(?:e(.*))?$/.exec(String(kept)) ?? [];
      const same = BigInt(`${sign}${left}${right}`) * 10n ** BigInt(scale - right.length + Number(power));
      assert.equal(findFlaw(`[${text}]`) === null, exact === same, text);
    }),
  );
});

test('a number as long as a body may be is looked at in no time', () => {
  for (const number of [`1${'0'.repeat(60_000)}1`, `0.${'0'.repeat(60_000)}1`, `1${'0'.repeat(60_000)}`]) {
    const began = performance.now();
    findFlaw(`[${number}]`);
    assert.ok(performance.now() - began < 500, 'it took too long');
  }
});

test('half a surrogate pair and NUL are named, in a name or a value', () => {
  assert.equal(findUnusableText({ a: ['é', '😀', { b: 'line\none' }] }), null);
  assert.deepEqual(findUnusableText({ a: ['x', { b: '\ud800' }] }), {
    pointer: '/a/1/b',
    detail: 'Half of a surrogate pair is no character',
  });
  assert.equal(findUnusableText({ m: { '\udc00': 1 } })?.pointer, '/m/\ufffd');
  assert.deepEqual(findUnusableText('a\0'), { pointer: '', detail: 'The character NUL is not allowed' });
});
