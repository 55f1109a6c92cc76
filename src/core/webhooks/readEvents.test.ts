import assert from 'node:assert/strict';
import test from 'node:test';
import { Fault } from '#core/kit/fault.ts';
import { createCommand, tell } from '#core/payments/testKit.ts';
import { EVENTS_KEPT_MS } from './projection.ts';
import type { ListEvents } from './readEvents.ts';
import { createTestWebhooks } from './testKit.ts';

const START = 1_700_000_000_000;
const taken = tell(1, { outcome: 'succeeded', amountMinor: 1000n, capturedMinor: 1000n });
const payment = [createCommand({ capture: 'automatic' }), taken];

async function createWorld() {
  const world = createTestWebhooks({ start: START });
  for (const key of ['1', '2', '3']) world.commit(key, payment);
  world.commit('4', payment, 'mer_2');
  await world.follow();
  const list = (changes: Partial<ListEvents> = {}) =>
    world.readEvents.list({ merchant: 'mer_1', type: null, payment: null, after: null, limit: 100, ...changes });
  const pages = async (changes: Partial<ListEvents>) => {
    const found: string[][] = [];
    let after: string | null = null;
    do {
      const page = await list({ ...changes, after });
      assert.ok(page.ok);
      found.push(page.value.events.map(({ id }) => id.slice(-5)));
      after = page.value.next;
    } while (after !== null);
    return found;
  };
  return { ...world, list, pages };
}

test('events are listed newest first, whatever the size of the page, by merchant, type and payment', async () => {
  const { pages, list, streams } = await createWorld();
  const all = ['3_2_2', '3_2_1', '3_1_1', '2_2_2', '2_2_1', '2_1_1', '1_2_2', '1_2_1', '1_1_1'];
  for (const limit of [1, 2, 3, 4, 9, 100]) {
    const found = await pages({ limit });
    assert.deepEqual(found.flat(), all);
    assert.ok(found.every((page) => page.length <= limit && page.length > 0));
  }
  assert.deepEqual(await pages({ merchant: 'mer_2' }), [['4_2_2', '4_2_1', '4_1_1']]);
  assert.deepEqual(await pages({ type: 'payment.captured', limit: 2 }), [['3_2_1', '2_2_1'], ['1_2_1']]);
  assert.deepEqual(await pages({ type: 'refund.created' }), [[]]);
  const [, second] = [...streams.keys()];
  assert.deepEqual(await pages({ payment: second ?? '', limit: 2 }), [['2_2_2', '2_2_1'], ['2_1_1']]);
  assert.deepEqual(await pages({ payment: second ?? '', merchant: 'mer_2' }), [[]]);
  assert.deepEqual(await pages({ payment: 'pay_x' }), [[]]);
  for (const after of ['x', '', Buffer.from('e1.0.1').toString('base64url')])
    assert.deepEqual(await list({ after }), { ok: false, error: { code: 'cursor_invalid' } });
});

test('a page stays the same while new events come', async () => {
  const world = await createWorld();
  const first = await world.list({ limit: 2 });
  assert.ok(first.ok);
  world.commit('5', payment);
  await world.follow();
  const second = await world.list({ limit: 2, after: first.value.next });
  assert.deepEqual(second.ok && second.value.events.map(({ id }) => id.slice(-5)), ['3_1_1', '2_2_2']);
});

test('a payment that can not be read hides no other, and ends no page', async () => {
  const world = await createWorld();
  for (const stream of [...world.streams.keys()].slice(1, 3))
    world.faults.set(stream, new Fault('commit_damaged', 'damaged', { retryable: false }));
  assert.deepEqual((await world.pages({ limit: 1 })).flat(), ['1_2_2', '1_2_1', '1_1_1']);
});

test('an event is found by its merchant alone, and for as long as events are kept', async () => {
  const { readEvents, list, pass } = await createWorld();
  const page = await list({ limit: 1 });
  assert.ok(page.ok);
  const id = page.value.events[0]?.id ?? '';
  const found = await readEvents.get('mer_1', id);
  assert.deepEqual(found.ok && found.value, page.value.events[0]);
  const missing = { ok: false, error: { code: 'event_not_found' } };
  assert.deepEqual(await readEvents.get('mer_2', id), missing);
  for (const other of [`${id}9`, id.replace(/_2_2$/, '_9_1'), 'evt_x'])
    assert.deepEqual(await readEvents.get('mer_1', other), missing);
  pass(EVENTS_KEPT_MS + 1);
  assert.deepEqual(await readEvents.get('mer_1', id), missing);
  assert.notEqual(await readEvents.find(id), null);
  const none = await list({});
  assert.deepEqual(none.ok && none.value.events, []);
});

test('a storage that fails is a fault', async () => {
  const world = await createWorld();
  const [stream = ''] = world.streams.keys();
  world.faults.set(stream, new Fault('storage_busy', 'busy', { retryable: true }));
  await assert.rejects(world.list(), { code: 'storage_busy' });
});
