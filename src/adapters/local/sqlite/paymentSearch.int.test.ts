import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Payment } from '#core/payments/payment.ts';
import { type PaymentFilter, passesFilter } from '#core/payments/paymentFilter.ts';
import type { PaymentQuery } from '#core/payments/ports.ts';
import { createCommand, given, tell } from '#core/payments/testKit.ts';
import { openDerived } from './derived.ts';
import { createSqlitePaymentIndex } from './paymentIndex.ts';

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
const base = given(createCommand(), tell(1, 'succeeded'));
const personal = base.personal;
assert.ok(personal !== null);
const provider = base.operations[0]?.provider ?? '';

const made = (n: number, changes: Partial<Payment> = {}): Payment => ({
  ...base,
  id: `pay_${n}`,
  merchant: 'mer_1',
  createdAt: 1000 + n,
  amountMinor: BigInt(100 * n),
  ...changes,
});

function open(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'florin-search-'));
  const derived = openDerived({ folder, journalId: 'j', journalHead: Number.MAX_SAFE_INTEGER });
  t.after(() => {
    derived.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const index = createSqlitePaymentIndex(derived);
  const save = (payments: readonly Payment[]) => index.projection.save(payments, index.projection.position() + 1, []);
  async function search(filter: Partial<PaymentFilter>, more: Partial<PaymentQuery> = {}) {
    const query = { merchant: 'mer_1', status: null, after: null, limit: 100, ...more };
    const page = await index.search({ ...query, filter: { ...NONE, ...filter } });
    assert.ok(page !== 'cursor_invalid');
    return page;
  }
  return { save, search };
}

const PAYMENTS: readonly Payment[] = [
  made(1),
  made(2, { currency: 'JPY' }),
  made(3, { personal: { ...personal, customer: 'cus_1' } }),
  made(4, { personal: { ...personal, customer: 'cus_1', metadata: { order: '7', 'a"b.c': 'x' } } }),
  made(5, { personal: { ...personal, metadata: { order: '8', name: 'CafÉ' } } }),
  made(6, { personal: null }),
  made(7, { operations: [] }),
];

test('the index finds what the payments themselves say, filter by filter and together', async (t) => {
  const { save, search } = open(t);
  await save([...PAYMENTS, made(8, { merchant: 'mer_2' })]);
  const filters: readonly Partial<PaymentFilter>[] = [
    {},
    { provider },
    { provider: 'another' },
    { currency: 'JPY' },
    { customer: 'cus_1' },
    { createdAfter: 1002, createdBefore: 1005 },
    { amountMinMinor: 300n },
    { amountMaxMinor: 300n },
    { metadata: { order: '7' } },
    { metadata: { order: '7', 'a"b.c': 'x' } },
    { metadata: { order: '7', 'a"b.c': 'y' } },
    { metadata: { colour: 'red' } },
    { text: 'pay_3' },
    { text: 'pay_' },
    { text: 'CUS_' },
    { text: 'x' },
    { text: '_' },
    { text: '%' },
    { text: 'order' },
    { text: 'É' },
    { text: "'" },
    { customer: 'cus_1', currency: base.currency, metadata: { order: '7' }, amountMinMinor: 1n },
  ];
  for (const filter of filters) {
    const expected = PAYMENTS.filter((payment) => passesFilter(payment, { ...NONE, ...filter })).map(({ id }) => id);
    assert.deepEqual(await search(filter), { ids: expected.reverse(), next: null }, Object.keys(filter).join());
  }
});

test('what was erased is found no more', async (t) => {
  const { save, search } = open(t);
  await save([made(1, { personal: { ...personal, customer: 'cus_1', metadata: { order: '7' } } })]);
  assert.equal((await search({ customer: 'cus_1' })).ids.length, 1);
  await save([made(1, { version: base.version + 1, personal: null })]);
  assert.deepEqual((await search({ customer: 'cus_1' })).ids, []);
  assert.deepEqual((await search({ metadata: { order: '7' } })).ids, []);
  assert.deepEqual((await search({ text: '7' })).ids, []);
});

test('pages of a filter go on where the last one ended', async (t) => {
  const { save, search } = open(t);
  await save(Array.from({ length: 9 }, (_, n) => made(n + 1, n % 3 === 0 ? { currency: 'JPY' } : {})));
  const first = await search({ currency: 'JPY' }, { limit: 2 });
  assert.deepEqual(first.ids, ['pay_7', 'pay_4']);
  assert.deepEqual(await search({ currency: 'JPY' }, { limit: 2, after: first.next }), { ids: ['pay_1'], next: null });
});

test('a filter that fits nothing near ends its page early, and the next page finds what is far', async (t) => {
  const { save, search } = open(t);
  await save([made(1, { currency: 'JPY' }), ...Array.from({ length: 12_000 }, (_, n) => made(n + 2))]);
  const first = await search({ currency: 'JPY' });
  assert.deepEqual(first.ids, []);
  assert.notEqual(first.next, null);
  assert.deepEqual(await search({ currency: 'JPY' }, { after: first.next }), { ids: ['pay_1'], next: null });
});
