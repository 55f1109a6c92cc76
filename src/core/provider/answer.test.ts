import assert from 'node:assert/strict';
import test from 'node:test';
import { integer, isUnknown, meaningOf, minorUnits, parseObject, readJsonObject, text } from './answer.ts';

const read = (status: number, body: string) => readJsonObject({ status, headers: {}, body });

for (const [status, body] of [
  [500, '{}'],
  [502, '<html>'],
  [503, '{"status":"succeeded"}'],
  [408, '{}'],
  [425, '{}'],
  [429, '{}'],
  [200, '<html>'],
  [200, ''],
  [200, '{"a":'],
  [200, '[]'],
  [200, 'null'],
  [200, '"text"'],
] as const) {
  test(`${status} ${body} says nothing for certain`, () => assert.equal(isUnknown(read(status, body)), true));
}

test('a JSON object is read, also with a status of refusal', () => {
  assert.deepEqual(read(200, '{"a":1}'), { a: 1 });
  assert.deepEqual(read(402, '{"a":1}'), { a: 1 });
  assert.equal(isUnknown(read(200, '{"outcome":"unknown"}')), false);
});

test('fields are what they should be or nothing', () => {
  const object = { t: 'x', n: 5, f: 1.5, big: 2 ** 60, s: '5' };
  assert.deepEqual([text(object, 't'), text(object, 'n'), text(object, 'none')], ['x', null, null]);
  assert.deepEqual(
    [minorUnits(object, 'n'), minorUnits(object, 'f'), minorUnits(object, 'big'), minorUnits(object, 's')],
    [5n, null, null, null],
  );
  assert.deepEqual([integer(object, 'n'), integer(object, 'f'), integer(object, 's')], [5, null, null]);
});

test('a text holds an object or nothing', () => {
  assert.deepEqual(parseObject('{"a":1}'), { a: 1 });
  for (const body of ['', '[]', 'null', '"x"', '{', '<html>']) assert.equal(parseObject(body), null);
});

test('a table answers to its own words only', () => {
  const table = { good: 'succeeded' } as const;
  assert.deepEqual(
    ['good', 'bad', 'constructor', 'toString', '__proto__', null].map((word) => meaningOf(table, word)),
    ['succeeded', null, null, null, null, null],
  );
});
