import assert from 'node:assert/strict';
import test from 'node:test';
import { type PaymentFilter, passesFilter } from './paymentFilter.ts';
import { createCommand, given, tell } from './testKit.ts';

const NONE: PaymentFilter = {
  provider: null,
  currency: null,
  customer: null,
  createdAfter: null,
  createdBefore: null,
  amountMinMinor: null,
  amountMaxMinor: null,
  metadata: {},
  text: null,
};
const command = createCommand();
const payment = given(
  { ...command, personal: { ...command.personal, customer: 'cus_1', metadata: { order: '7', shop: 'a' } } },
  tell(1, 'succeeded'),
);
const { createdAt, amountMinor, currency } = payment;
const provider = payment.operations[0]?.provider ?? '';

test('each filter lets through what fits, and nothing else', () => {
  const rows: readonly [Partial<PaymentFilter>, boolean][] = [
    [{}, true],
    [{ provider }, true],
    [{ provider: 'another' }, false],
    [{ currency }, true],
    [{ currency: 'JPY' }, false],
    [{ customer: 'cus_1' }, true],
    [{ customer: 'cus_2' }, false],
    [{ createdAfter: createdAt - 1 }, true],
    [{ createdAfter: createdAt }, false],
    [{ createdBefore: createdAt + 1 }, true],
    [{ createdBefore: createdAt }, false],
    [{ amountMinMinor: amountMinor, amountMaxMinor: amountMinor }, true],
    [{ amountMinMinor: amountMinor + 1n }, false],
    [{ amountMaxMinor: amountMinor - 1n }, false],
    [{ metadata: { order: '7' } }, true],
    [{ metadata: { order: '7', shop: 'a' } }, true],
    [{ metadata: { order: '7', shop: 'b' } }, false],
    [{ metadata: { colour: 'red' } }, false],
    [{ text: payment.id }, true],
    [{ text: payment.id.slice(0, -1) }, false],
    [{ text: 'US_1' }, true],
    [{ text: 'A' }, true],
    [{ text: 'order' }, false],
    [{ text: '%' }, false],
  ];
  for (const [filter, expected] of rows)
    assert.equal(passesFilter(payment, { ...NONE, ...filter }), expected, String(Object.keys(filter)));
});

test('an erased payment has no customer and no metadata to be found by', () => {
  const erased = { ...payment, personal: null };
  assert.equal(passesFilter(erased, { ...NONE, customer: 'cus_1' }), false);
  assert.equal(passesFilter(erased, { ...NONE, metadata: { order: '7' } }), false);
  assert.equal(passesFilter(erased, { ...NONE, text: '7' }), false);
  assert.equal(passesFilter(erased, NONE), true);
});
