import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BugError } from '#core/kit/assert.ts';
import type { Currency } from '#core/money/currencies.ts';
import {
  AMOUNT_MINOR_MAX,
  add,
  compare,
  equals,
  format,
  type Money,
  parseDecimal,
  subtract,
} from '#core/money/money.ts';

const currencies = fc.constantFrom<Currency>('JPY', 'EUR', 'KWD', 'CLF', 'BGN');
const amounts = fc.bigInt({ min: -999_999_999_999_999_999n, max: 999_999_999_999_999_999n });

function money(amountMinor: bigint, currency: Currency): Money {
  return { amountMinor, currency };
}

test('the most that a payment may be is exact as a JSON number', () => {
  assert.equal(AMOUNT_MINOR_MAX, 999_999_999_999n);
  assert.ok(AMOUNT_MINOR_MAX < BigInt(Number.MAX_SAFE_INTEGER));
});

test('add and subtract', () => {
  assert.deepEqual(add(money(1999n, 'EUR'), money(1n, 'EUR')), money(2000n, 'EUR'));
  assert.deepEqual(subtract(money(5n, 'JPY'), money(7n, 'JPY')), money(-2n, 'JPY'));
});

test('what is added and taken away again changes nothing', () => {
  fc.assert(
    fc.property(amounts, amounts, currencies, (left, right, currency) => {
      const both = add(money(left, currency), money(right, currency));
      assert.deepEqual(both, add(money(right, currency), money(left, currency)));
      assert.deepEqual(subtract(both, money(right, currency)), money(left, currency));
    }),
  );
});

test('compare orders by amount, and is 0 where equals is true', () => {
  fc.assert(
    fc.property(amounts, amounts, currencies, (first, second, currency) => {
      const [left, right] = [money(first, currency), money(second, currency)];
      assert.equal(compare(left, right), Math.sign(Number(first - second)));
      assert.equal(compare(left, right) === 0, equals(left, right));
      assert.equal(compare(left, left), 0);
    }),
  );
});

test('two currencies: a bug to add, subtract or compare, and never equal', () => {
  const [euro, dollar] = [money(0n, 'EUR'), money(0n, 'USD')];
  for (const joined of [add, subtract, compare]) {
    assert.throws(
      () => joined(euro, dollar),
      (thrown) => thrown instanceof BugError && /EUR and in USD/.test(thrown.message),
    );
  }
  assert.equal(equals(euro, dollar), false);
  assert.equal(equals(euro, money(0n, 'EUR')), true);
  assert.equal(equals(euro, money(1n, 'EUR')), false);
});

const written: readonly [bigint, Currency, string][] = [
  [0n, 'EUR', '0.00'],
  [5n, 'EUR', '0.05'],
  [-5n, 'EUR', '-0.05'],
  [1999n, 'EUR', '19.99'],
  [-200_000n, 'EUR', '-2000.00'],
  [0n, 'JPY', '0'],
  [-500n, 'JPY', '-500'],
  [1250n, 'KWD', '1.250'],
  [1n, 'IQD', '0.001'],
  [1n, 'CLF', '0.0001'],
  [AMOUNT_MINOR_MAX, 'EUR', '9999999999.99'],
];

for (const [amountMinor, currency, text] of written) {
  test(`${amountMinor} ${currency} is written ${text}`, () => {
    assert.equal(format(money(amountMinor, currency)), text);
    assert.deepEqual(parseDecimal(text, currency), money(amountMinor, currency));
  });
}

test('what is written is read back, with as many digits as the currency has', () => {
  fc.assert(
    fc.property(amounts, currencies, (amountMinor, currency) => {
      assert.deepEqual(parseDecimal(format(money(amountMinor, currency)), currency), money(amountMinor, currency));
    }),
  );
});

test('fewer fraction digits and a negative zero are read', () => {
  assert.equal(parseDecimal('1', 'EUR')?.amountMinor, 100n);
  assert.equal(parseDecimal('1.5', 'EUR')?.amountMinor, 150n);
  assert.equal(parseDecimal('-0.5', 'KWD')?.amountMinor, -500n);
  assert.equal(parseDecimal('-0.00', 'EUR')?.amountMinor, 0n);
});

test('more fraction digits than the currency has are refused, zeros too', () => {
  assert.equal(parseDecimal('1.999', 'EUR'), undefined);
  assert.equal(parseDecimal('1.000', 'EUR'), undefined);
  assert.equal(parseDecimal('1.0', 'JPY'), undefined);
});

test('18 digits of minor units are read, 19 are refused', () => {
  assert.equal(parseDecimal('9999999999999999.99', 'EUR')?.amountMinor, 999_999_999_999_999_999n);
  assert.equal(parseDecimal('10000000000000000.00', 'EUR'), undefined);
  assert.equal(parseDecimal('10000000000000000', 'EUR'), undefined);
  assert.equal(parseDecimal('9'.repeat(18), 'JPY')?.amountMinor, 999_999_999_999_999_999n);
  assert.equal(parseDecimal('9'.repeat(19), 'JPY'), undefined);
});

const signsAndPoints = '|-|.|.5|5.|1..5|1.2.3|1.-5|+1|--1|-+1|1.00-|(1.00)|00|01.00|-01|1,50|1,000.00|1 000| 1|1 |1\n';
const otherNotations = '1e3|1E3|0x10|1n|1_000|NaN|Infinity|€1|1.00 EUR|١|１|−1';

test('anything doubtful is refused', () => {
  for (const text of `${signsAndPoints}|${otherNotations}`.split('|')) {
    assert.equal(parseDecimal(text, 'EUR'), undefined, JSON.stringify(text));
  }
});

test('any text at all is refused or read as what it says, and never throws', () => {
  const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.-+,e ') }));
  fc.assert(
    fc.property(texts, currencies, (text, currency) => {
      const read = parseDecimal(text, currency);
      if (read === undefined) return;
      const [whole = '', fraction = ''] = text.split('.');
      const [, written = ''] = format(read).split('.');
      assert.equal(format(read).split('.')[0]?.replace('-', ''), whole.replace('-', ''));
      assert.equal(written, fraction.padEnd(written.length, '0'));
      assert.equal(read.amountMinor < 0n, text.startsWith('-') && /[1-9]/.test(text));
    }),
  );
});
