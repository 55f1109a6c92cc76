import assert from 'node:assert/strict';
import test from 'node:test';
import { formatMoney } from './money.ts';

for (const [amountMinor, currency, text] of [
  [1999n, 'EUR', '19.99 EUR'],
  [5n, 'EUR', '0.05 EUR'],
  [-5n, 'EUR', '-0.05 EUR'],
  [0n, 'EUR', '0.00 EUR'],
  [5n, 'JPY', '5 JPY'],
  [1250n, 'KWD', '1.250 KWD'],
  [1n, 'CLF', '0.0001 CLF'],
  [999_999_999_999n, 'EUR', '9999999999.99 EUR'],
] as const) {
  test(`${amountMinor} minor units are ${text}`, () => assert.equal(formatMoney(amountMinor, currency), text));
}
