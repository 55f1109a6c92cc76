import assert from 'node:assert/strict';
import test from 'node:test';
import { containsCardNumber, maskCardNumbers } from './cardNumber.ts';

// The schemes' public test numbers, put together here so that no whole number stands in a file.
const numbers = {
  visa: ['4111', '1111', '1111', '1111'],
  mastercard: ['5555', '5555', '5555', '4444'],
  mastercard2: ['2223', '0031', '2200', '3222'],
  amex: ['3782', '822463', '10005'],
  discover: ['6011', '1111', '1111', '1117'],
  jcb: ['3530', '1113', '3330', '0000'],
  diners: ['3056', '930902', '5904'],
};

for (const [scheme, groups] of Object.entries(numbers)) {
  for (const separator of [
    '',
    ' ',
    '-',
    '.',
    '  ',
    ' - ',
    '\t',
    '\u00a0',
    '\u202f',
    '\u2009',
    '\u2011',
    '\u2013',
    '\u2212',
    '\u00b7',
    '\u200b',
  ]) {
    test(`finds a ${scheme} number separated by ${JSON.stringify(separator)}`, () => {
      assert.equal(containsCardNumber(`order ${groups.join(separator)}, thanks`), true);
    });
  }
}

const moved = (by: number) => numbers.visa.join('').replace(/\d/g, (digit) => String.fromCodePoint(by + Number(digit)));

for (const [name, text] of Object.entries({
  'full-width digits': moved(0xff10),
  'Arabic digits': moved(0x660),
  'Devanagari digits': moved(0x966),
  'mathematical digits': moved(0x1d7ce),
  'circled digits': numbers.visa.join('').replace(/\d/g, (digit) => String.fromCodePoint(0x245f + Number(digit))),
  'digits on keys': numbers.visa.join('').replace(/\d/g, (digit) => `${digit}\ufe0f\u20e3`),
  'a number with letters against it': `card${numbers.visa.join('')}`,
  'a number inside JSON': `{"description":"${numbers.visa.join('')}"}`,
  'a number after another digit string': `1 ${numbers.visa.join('')}`,
})) {
  test(`finds ${name}`, () => assert.equal(containsCardNumber(text), true));
}

for (const [name, text] of Object.entries({
  'a failed Luhn check': numbers.visa.join('').replace(/.$/, '2'),
  'milliseconds since the epoch': '1790000000000',
  'an amount': '"amount":999999999999',
  'a UUID': '41111111-1111-4111-8111-111111111111',
  'a UUID without hyphens': `abcdef${numbers.visa.join('')}abcdefabcd`,
  'an unknown prefix': '9999999999999995',
  'a UUID whose groups look like a card': 'abcd4111-1111-4111-8111-1111abcdefab',
  'a UUID whose end looks like a card': '0b1e6c1a-9f00-4abc-8def-500000000611',
  'an amount with thousands set apart': '4.111.111.111.111.111',
  'a time': '2026-11-25 01:08:45.123456789',
  'a time without colons': '20261125.010845.123456',
  'one of our ids': `pay_${numbers.visa.join('')}${'0'.repeat(16)}`,
  addresses: '192.168.100.200 192.168.100.201',
  'a phone number': '+49 1512 3456789',
  'an odd grouping': '411-1111-1111-11111-1',
})) {
  test(`leaves ${name} alone`, () => assert.equal(containsCardNumber(text), false));
}

test('masks all but the last four digits', () => {
  assert.equal(maskCardNumbers(`a ${numbers.visa.join(' ')} b`), 'a ****1111 b');
});

test('masks what is written in other digits, each where it stands, and leaves the rest as it was', () => {
  assert.equal(maskCardNumbers(`é ${moved(0xff10)} ﬁ ${numbers.visa.join('.')} ½`), 'é ****1111 ﬁ ****1111 ½');
  assert.equal(maskCardNumbers(`${moved(0x1d7ce)}!`), '****1111!');
});

test('masks two that overlap as one', () => {
  const text = [...numbers.visa, '110'].join(' ');
  assert.equal(maskCardNumbers(text), '****1110');
});

test('a long text is looked through in no time', () => {
  for (const text of [
    '1 '.repeat(30_000),
    `1${' '.repeat(60_000)}`,
    '1.'.repeat(30_000),
    '\u00a0'.repeat(60_000),
    '4'.repeat(60_000),
    `${numbers.visa.join('')},`.repeat(3500),
    `${numbers.visa.join('')}a`.repeat(3500),
    `${numbers.visa.join(' ')} `.repeat(3000),
  ]) {
    const began = performance.now();
    containsCardNumber(text);
    assert.ok(performance.now() - began < 500, `${text.slice(0, 4)}… took too long`);
  }
});

test('knows an identifier also where a long text surrounds it', () => {
  const maestro = ['5018', '0000', '0009'].join('');
  const uuid = `00000000-0000-0000-0000-${maestro}`;
  const before = 'a-b '.repeat(1000);
  assert.equal(containsCardNumber(`${before}${uuid} ${before}`), false);
  assert.equal(containsCardNumber(`${before}0${uuid} ${before}`), true);
  assert.equal(containsCardNumber(`${before}${'a'.repeat(8)}${numbers.visa.join('')} ${before}`), false);
  assert.equal(containsCardNumber(`${before}${'a'.repeat(7)}${numbers.visa.join('')} ${before}`), true);
});
