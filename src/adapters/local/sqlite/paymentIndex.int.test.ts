import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Payment } from '#core/payments/payment.ts';
import type { PaymentQuery } from '#core/payments/ports.ts';
import { createCommand, given, tell } from '#core/payments/testKit.ts';
import { openDerived } from './derived.ts';
import { createSqlitePaymentIndex } from './paymentIndex.ts';

function openIn(folder: string) {
  const derived = openDerived({ folder, journalId: 'j', journalHead: Number.MAX_SAFE_INTEGER });
  const index = createSqlitePaymentIndex(derived);
  async function save(...payments: readonly Payment[]): Promise<void> {
    await index.projection.save(payments, index.projection.position() + 1, []);
  }
  return { derived, index, save };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-index-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function open(t: TestContext) {
  const opened = openIn(temporaryFolder(t));
  t.after(() => opened.derived.close());
  return opened;
}

type Index = ReturnType<typeof openIn>['index'];

const captured = given(
  createCommand({ capture: 'automatic' }),
  tell(1, { outcome: 'succeeded', amountMinor: 1000n, capturedMinor: 1000n }),
);
const held = given(createCommand(), tell(1, 'succeeded'));
const sent = given(createCommand());
const named = (id: string, payment: Payment = captured, merchant = 'mer_1'): Payment => ({ ...payment, id, merchant });
const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => named(`${prefix}${n}`));

async function page(index: Index, query: Partial<PaymentQuery> = {}) {
  const found = await index.search({ merchant: 'mer_1', status: null, after: null, limit: 100, ...query });
  assert.ok(found !== 'cursor_invalid');
  return found;
}

/** All pages, one after the other; `between` is what happens meanwhile. */
async function pages(index: Index, query: Partial<PaymentQuery>, between: () => Promise<void> = async () => {}) {
  const found: (readonly string[])[] = [];
  let after: string | null = null;
  do {
    const next: Awaited<ReturnType<typeof page>> = await page(index, { ...query, after });
    found.push(next.ids);
    after = next.next;
    await between();
  } while (after !== null);
  return found;
}

test('newest first, in the order in which they came first; of one merchant', async (t) => {
  const { index, save } = open(t);
  await save(named('a'), named('x', captured, 'mer_2'), named('b'));
  await save(named('c'), { ...named('a'), version: 3 });
  assert.deepEqual(await page(index), { ids: ['c', 'b', 'a'], next: null });
  assert.deepEqual((await page(index, { merchant: 'mer_2' })).ids, ['x']);
  assert.deepEqual((await page(index, { merchant: 'mer_3' })).ids, []);
});

test('pages are as long as asked for, and the last one has no next, also when it is full', async (t) => {
  const { index, save } = open(t);
  await save(...many('p', 6));
  assert.deepEqual(await pages(index, { limit: 2 }), [
    ['p5', 'p4'],
    ['p3', 'p2'],
    ['p1', 'p0'],
  ]);
  assert.deepEqual(await pages(index, { limit: 4 }), [
    ['p5', 'p4', 'p3', 'p2'],
    ['p1', 'p0'],
  ]);
  assert.deepEqual(await pages(index, { limit: 6 }), [['p5', 'p4', 'p3', 'p2', 'p1', 'p0']]);
});

test('pages stay the same while new payments come and old ones change', async (t) => {
  const { index, save } = open(t);
  await save(...many('p', 6));
  let fresh = 0;
  const found = await pages(index, { limit: 2 }, async () => {
    fresh += 1;
    await save(named(`new${fresh}`), { ...named('p1'), version: 2 + fresh }, { ...named('p4'), version: 2 + fresh });
  });
  assert.deepEqual(found.flat(), ['p5', 'p4', 'p3', 'p2', 'p1', 'p0']);
});

test('by status: what has it now, in pages of its own', async (t) => {
  const { index, save } = open(t);
  await save(named('a'), named('b', held), named('c', sent), named('d', held), named('e'), named('f', held));
  assert.deepEqual((await page(index, { status: 'processing' })).ids, ['c']);
  assert.deepEqual(await pages(index, { status: 'requires_capture', limit: 2 }), [['f', 'd'], ['b']]);
  await save({ ...named('d'), version: 3 });
  assert.deepEqual((await page(index, { status: 'requires_capture' })).ids, ['f', 'b']);
  assert.deepEqual((await page(index, { status: 'succeeded' })).ids, ['e', 'd', 'a']);
  assert.deepEqual((await page(index, { status: 'failed' })).ids, []);
});

test('only a newer version changes a row', async (t) => {
  const { index, save } = open(t);
  await save({ ...named('a'), version: 3 });
  await save(named('a', sent));
  await save({ ...named('a', held), version: 3 });
  assert.deepEqual((await page(index, { status: 'succeeded' })).ids, ['a']);
  assert.deepEqual((await index.open(null, 10)).ids, []);
  await save({ ...named('a', held), version: 4 });
  assert.deepEqual((await page(index, { status: 'requires_capture' })).ids, ['a']);
});

test('a cursor that this list did not give is refused', async (t) => {
  const { index, save } = open(t);
  await save(named('a'));
  const cursors = ['', 'x', 'p1.1', ...['p1.0', 'p1.-1', 'p1.1.5', 'p2.1', 'p1.1 '].map(base64url)];
  for (const after of cursors)
    assert.equal(
      await index.search({ merchant: 'mer_1', status: null, after, limit: 1 }),
      'cursor_invalid',
      JSON.stringify(after),
    );
});

test('open: of all merchants what owes a step, the oldest first, in pages; what owes nothing any more is left out', async (t) => {
  const { index, save } = open(t);
  await save(named('a', held), named('b'), named('c', sent, 'mer_2'), named('d', held), named('e', held));
  const first = await index.open(null, 2);
  assert.deepEqual(first.ids, ['a', 'c']);
  await save({ ...named('d'), version: 3 }, named('f', held));
  const second = await index.open(first.next, 2);
  assert.deepEqual(second.ids, ['e', 'f']);
  const third = await index.open(second.next, 2);
  assert.deepEqual(third, { ids: [], next: null });
});

test('the order and the position are the same after the file is opened again', async (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  await first.save(...many('p', 3));
  const { next } = await page(first.index, { limit: 1 });
  first.derived.close();
  const second = openIn(folder);
  assert.equal(second.index.projection.position(), 1);
  await second.save(named('new'));
  assert.deepEqual((await page(second.index, { after: next })).ids, ['p1', 'p0']);
  assert.deepEqual((await page(second.index)).ids, ['new', 'p2', 'p1', 'p0']);
  second.derived.close();
});

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
