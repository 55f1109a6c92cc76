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
  for (const separator of ['', ' ', '-']) {
    test(`finds a ${scheme} number separated by "${separator}"`, () => {
      assert.equal(containsCardNumber(`order ${groups.join(separator)}, thanks`), true);
    });
  }
}

for (const [name, text] of Object.entries({
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
  'an odd grouping': '411-1111-1111-11111-1',
})) {
  test(`leaves ${name} alone`, () => assert.equal(containsCardNumber(text), false));
}

test('masks all but the last four digits', () => {
  assert.equal(maskCardNumbers(`a ${numbers.visa.join(' ')} b`), 'a ****1111 b');
});
