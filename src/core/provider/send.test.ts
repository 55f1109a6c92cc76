import assert from 'node:assert/strict';
import test from 'node:test';
import { secret } from '#core/kit/secret.ts';
import { doubleProvider } from '#core/payments/platformFake.ts';
import { createBreaker } from './breaker.ts';
import type { Lookup, OperationRequest } from './port.ts';
import type { Exchange, TransportLimits, TransportResult } from './ports.ts';
import { createSend, INQUIRY_PAGES_MAX, requestHashOf } from './send.ts';

const operation: OperationRequest = {
  kind: 'authorize',
  reference: 'op_1',
  payment: 'pay_1',
  amountMinor: 1000n,
  currency: 'EUR',
  captures: true,
  final: false,
  stops: false,
  token: 'tok_private',
  returnUrl: null,
  targetReference: null,
  targetOwnReference: null,
  idempotencyKey: 'key',
};
const account = {
  id: 'acct_1',
  provider: 'double',
  baseUrl: 'http://provider',
  credentials: { api_key: [secret('sk_live')] },
  settings: {},
  timing: { connectMs: 10, sendWithinMs: 500, exchangeMs: 1000, propagationMs: 0 },
};
const errand = { provider: doubleProvider, account, operation };
const body = JSON.stringify({ outcome: 'unknown', reason: 'odd' });

function sendWith(result: TransportResult) {
  const kept: Exchange[] = [];
  const recorded: boolean[] = [];
  const limits: TransportLimits[] = [];
  const doubted: string[] = [];
  const send = createSend({
    transport: async (_, given) => {
      limits.push(given);
      return result;
    },
    exchanges: { keep: async (exchange) => void kept.push(exchange), of: async () => [] },
    breaker: { mayPass: () => true, record: (_, fault) => void recorded.push(fault) },
    clock: { now: () => 5000, monotonic: () => 100 },
    doubt: (id) => void doubted.push(id),
  });
  return { send, kept, recorded, limits, doubted };
}

test('the limits count from the decision, not from the moment of sending', async () => {
  const { send, limits } = sendWith({ kind: 'not_sent', reason: 'late' });
  await send.request(errand, 40);
  assert.deepEqual(limits, [{ connectMs: 10, sendBefore: 540, deadline: 1040 }]);
});

test('an inquiry may be sent until its own deadline', async () => {
  const { send, limits } = sendWith({ kind: 'response', response: { status: 200, headers: {}, body } });
  const { learned } = await send.inquire(errand, doubleProvider.inquiry, 0);
  assert.deepEqual(limits, [{ connectMs: 10, sendBefore: 1100, deadline: 1100 }]);
  assert.ok(learned.kind === 'answer' && learned.beganAt === 5000);
});

test('what was not sent keeps no exchange and counts as a fault', async () => {
  const { send, kept, recorded } = sendWith({ kind: 'not_sent', reason: 'ECONNREFUSED' });
  assert.deepEqual((await send.request(errand, 0)).learned, { kind: 'not_sent', reason: 'ECONNREFUSED' });
  assert.deepEqual([kept.length, recorded], [0, [true]]);
});

test('what was not answered keeps the request and counts as a fault', async () => {
  const { send, kept, recorded } = sendWith({ kind: 'unanswered', reason: 'deadline' });
  assert.deepEqual((await send.request(errand, 0)).learned, { kind: 'unanswered', reason: 'deadline' });
  assert.deepEqual([kept[0]?.response, kept[0]?.responseHash, recorded], [null, null, [true]]);
});

test('an answer that says nothing counts as a fault, a decline does not', async () => {
  const odd = sendWith({ kind: 'response', response: { status: 200, headers: {}, body } });
  await odd.send.request(errand, 0);
  const declined = sendWith({
    kind: 'response',
    response: { status: 200, headers: {}, body: JSON.stringify({ outcome: 'declined' }) },
  });
  await declined.send.request(errand, 0);
  assert.deepEqual([odd.recorded, declined.recorded], [[true], [false]]);
});

test('the exchange is kept under the hash that the commit holds, without credentials', async () => {
  const { send, kept } = sendWith({
    kind: 'response',
    response: { status: 200, headers: { 'set-cookie': 's' }, body },
  });
  const { learned, kept: stored } = await send.request(errand, 0);
  await stored;
  assert.ok(learned.kind === 'answer');
  assert.equal(kept[0]?.responseHash, learned.rawHash);
  assert.equal(kept[0]?.requestHash, requestHashOf(doubleProvider.request(operation, account)));
  assert.doesNotMatch(JSON.stringify(kept), /sk_live|tok_private|"s"/);
});

test('the breaker opens at half faults among twenty in ten seconds, tries one after five, and closes on success', () => {
  let now = 0;
  const breaker = createBreaker({ clock: { monotonic: () => now } });
  const record = (count: number, fault: boolean) => {
    for (let n = 0; n < count; n += 1) breaker.record('a', fault, now);
  };
  record(19, true);
  assert.equal(breaker.mayPass('a'), true, 'too few');
  record(1, true);
  assert.equal(breaker.mayPass('a'), false, 'open');
  assert.equal(breaker.mayPass('b'), true, 'another account');
  assert.equal(breaker.openCount(), 1);
  now = 4999;
  assert.equal(breaker.mayPass('a'), false, 'still open');
  now = 5000;
  assert.equal(breaker.mayPass('a'), true, 'half open: one');
  assert.equal(breaker.mayPass('a'), false, 'half open: not a second');
  breaker.record('a', true, now);
  assert.equal(breaker.mayPass('a'), false, 'open again');
  now = 10_000;
  assert.equal(breaker.mayPass('a'), true);
  breaker.record('a', false, now);
  assert.equal(breaker.mayPass('a'), true, 'closed');
  assert.equal(breaker.openCount(), 0);
});

test('fewer than half faults keep it closed, and old ones are forgotten', () => {
  let now = 0;
  const breaker = createBreaker({ clock: { monotonic: () => now } });
  for (let n = 0; n < 30; n += 1) breaker.record('a', n % 3 === 0, now);
  assert.equal(breaker.mayPass('a'), true);
  now = 60_000;
  for (let n = 0; n < 19; n += 1) breaker.record('a', true, now);
  assert.equal(breaker.mayPass('a'), true);
});

test('a late answer to what began before it opened changes nothing, whenever it comes', () => {
  let now = 0;
  const breaker = createBreaker({ clock: { monotonic: () => now } });
  for (let n = 0; n < 20; n += 1) breaker.record('a', true, 0);
  breaker.record('a', false, 0);
  now = 6000;
  breaker.record('a', false, 0);
  breaker.record('a', true, 0);
  assert.equal(breaker.mayPass('a'), true, 'half open, and neither closed nor opened anew');
  assert.equal(breaker.mayPass('a'), false);
});

test('an adapter that fails on an answer loses nothing: it says nothing for certain, and the exchange is kept', async () => {
  const { send, kept } = sendWith({ kind: 'response', response: { status: 200, headers: {}, body: 'not JSON' } });
  const { learned } = await send.request(errand, 0);
  assert.ok(learned.kind === 'answer' && learned.outcome.outcome === 'unknown');
  assert.equal(kept.length, 1);
});

test('refused credentials put the account in doubt, and no other answer does', async () => {
  for (const [status, expected] of [
    [401, ['acct_1']],
    [403, []],
    [200, []],
  ] as const) {
    const { send, doubted } = sendWith({ kind: 'response', response: { status, headers: {}, body } });
    await send.request(errand, 0);
    assert.deepEqual(doubted, expected);
  }
});

function listOf(pages: number) {
  const asked: (string | null)[] = [];
  const lookup: Lookup = {
    kind: 'strong',
    request: (operation, to, { after }) => {
      asked.push(after);
      return doubleProvider.request(operation, to);
    },
    read: () => (asked.length < pages ? { outcome: 'more', after: `page ${asked.length}` } : { outcome: 'not_found' }),
  };
  return { asked, lookup };
}

test('an inquiry reads page after page within one deadline, and keeps each exchange', async () => {
  const { asked, lookup } = listOf(3);
  const { send, kept, limits } = sendWith({ kind: 'response', response: { status: 200, headers: {}, body } });
  const { learned, kept: stored } = await send.inquire(errand, lookup, 0);
  await stored;
  assert.ok(learned.kind === 'answer' && learned.outcome.outcome === 'not_found');
  assert.deepEqual(
    [asked, kept.length, new Set(limits.map(({ deadline }) => deadline)).size],
    [[null, 'page 1', 'page 2'], 3, 1],
  );
});

test('what is on none of the pages that are read is not known', async () => {
  const { asked, lookup } = listOf(INQUIRY_PAGES_MAX + 1);
  const { send } = sendWith({ kind: 'response', response: { status: 200, headers: {}, body } });
  const { learned } = await send.inquire(errand, lookup, 0);
  assert.ok(learned.kind === 'answer' && learned.outcome.outcome === 'unknown');
  assert.equal(asked.length, INQUIRY_PAGES_MAX);
});

test('a page that was not answered leaves the whole inquiry unanswered', async () => {
  const { lookup } = listOf(3);
  const { send } = sendWith({ kind: 'unanswered', reason: 'deadline' });
  assert.equal((await send.inquire(errand, lookup, 0)).learned.kind, 'unanswered');
});

test('a list that goes by time proves nothing while the clocks differ', async () => {
  for (const [date, expected] of [
    [5000, 'not_found'],
    [60_000, 'unknown'],
  ] as const) {
    const headers = { date: new Date(date).toUTCString() };
    const { send, recorded } = sendWith({ kind: 'response', response: { status: 200, headers, body } });
    const { learned } = await send.inquire(errand, { ...listOf(2).lookup, clocksDifferMs: 10_000 }, 0);
    assert.ok(learned.kind === 'answer' && learned.outcome.outcome === expected);
    assert.deepEqual(recorded, [false, false], 'the provider is well');
  }
});
