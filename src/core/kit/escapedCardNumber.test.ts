import assert from 'node:assert/strict';
import test from 'node:test';
import { containsEscapedCardNumber, maskEscapedCardNumbers } from './escapedCardNumber.ts';

// Put together here so that no whole number stands in a file.
const groups = ['4111', '1111', '1111', '1111'];
const number = groups.join('');
const escaped = (text: string) =>
  text.replace(/./g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

test('a card number is masked however JSON or a form writes it', () => {
  for (const text of [
    `{"a":"${number}"}`,
    `{"a":"\\u0034${number.slice(1)}"}`,
    `{"a":"${escaped(number)}"}`,
    `{"a":"${escaped(number).toUpperCase().replaceAll('\\U', '\\u')}"}`,
    `{"a":"${groups.join('\\u0020')}"}`,
    `{"a":"${groups.join('\\u00a0')}"}`,
    `{"a":"${groups.join('\\t')}"}`,
    `{"a":"${groups.join('\\r\\n')}"}`,
    JSON.stringify({ a: JSON.stringify({ b: groups.join('\t') }) }),
    JSON.stringify({ a: `{"b":"\\u0034${number.slice(1)}"}` }),
    `{"a":"${escaped(number)}`,
    `card=%34${number.slice(1)}&b=1`,
    `card=${groups.join('+')}`,
    `card=${groups.join('%20')}`,
    `card=${groups.join('%2D')}`,
  ]) {
    const masked = maskEscapedCardNumbers(text);
    assert.match(masked, /\*\*\*\*1111/, text);
    assert.doesNotMatch(masked, /4111/, text);
  }
});

test('JSON stays JSON', () => {
  const body = `{"quoted":"\\u0022\\u005c\\u000a","a":"${escaped(number)}","b":"\\u00e9"}`;
  assert.deepEqual(JSON.parse(maskEscapedCardNumbers(body)), { quoted: '"\\\n', a: '****1111', b: 'é' });
});

test('what holds none is not touched', () => {
  for (const text of [
    '{"a":"\\u00e9\\t1","b":1}',
    'a=1+2&b=%20',
    'a\\u0034',
    '100%',
    `{"id":"${'\\u0061'.repeat(5)}"}`,
  ])
    assert.equal(maskEscapedCardNumbers(text), text);
});

test('a long row of backslashes is looked at in no time', () => {
  for (const text of ['\\'.repeat(60_000), `1${'+'.repeat(60_000)}`, '1\\t'.repeat(20_000), '%34'.repeat(20_000)]) {
    const began = performance.now();
    containsEscapedCardNumber(`%${text}`);
    assert.ok(performance.now() - began < 500, `${text.slice(0, 4)}… took too long`);
  }
});
