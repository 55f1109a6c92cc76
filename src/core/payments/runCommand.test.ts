import assert from 'node:assert/strict';
import test from 'node:test';
import type { Journal } from '#core/journal/ports.ts';
import { Fault, isFault } from '#core/kit/fault.ts';
import type { Transport, TransportResult } from '#core/provider/ports.ts';
import { latest } from './history.ts';
import { answer, createMemoryPlatform, createTestClock } from './platformFake.ts';
import { statusOf } from './status.ts';
import { createCommand } from './testKit.ts';

const { type: _, id: __, ...facts } = createCommand({ capture: 'automatic' });
const body = { amount: 1000, currency: 'EUR' };
const request = { ...facts, idempotencyKey: 'order-1', body };

/** Answers everything with the same, and counts. */
function provider(result: TransportResult | (() => Promise<TransportResult>)) {
  const sent: { url: string; key: string | undefined; body: string | null }[] = [];
  const transport: Transport = async ({ url, headers, body: text }) => {
    sent.push({ url, key: headers['idempotency-key'], body: text });
    return typeof result === 'function' ? await result() : result;
  };
  return { sent, transport };
}

function gate() {
  let open: (result: TransportResult) => void = () => {};
  const answered = new Promise<TransportResult>((resolve) => {
    open = resolve;
  });
  return { wait: () => answered, open };
}

test('a payment is sent once, with what was written before it', async () => {
  const { sent, transport } = provider(answer('succeeded'));
  const platform = createMemoryPlatform({ transport });
  const result = await platform.createPayment(request);
  assert.ok(result.ok);
  assert.equal(statusOf(result.value.payment), 'succeeded');
  assert.equal(result.value.payment.version, 2);
  assert.equal(sent.length, 1);
  assert.equal(sent[0]?.key, result.value.payment.operations[0]?.sending?.idempotencyKey);
});

test('the same request again gives the first answer, even after the payment went on', async () => {
  const { sent, transport } = provider(answer('succeeded'));
  const platform = createMemoryPlatform({ transport });
  const first = await platform.createPayment(request);
  assert.ok(first.ok);
  const refund = {
    merchant: 'mer_1',
    payment: first.value.payment.id,
    idempotencyKey: 'r',
    body: {},
    command: { type: 'refund', amountMinor: 300n, reason: null },
  } as const;
  const refunded = await platform.changePayment(refund);
  const again = await platform.createPayment({ ...request, body: { currency: 'EUR', amount: 1000 } });
  const refundedAgain = await platform.changePayment(refund);
  assert.deepEqual(again, { ok: true, value: { ...first.value, replayed: true } });
  assert.ok(refunded.ok && refundedAgain.ok);
  assert.deepEqual(refundedAgain.value, { ...refunded.value, replayed: true });
  assert.equal(refunded.value.operation?.kind, 'refund');
  assert.equal(sent.length, 2);
});

test('the same key with another body is refused', async () => {
  const platform = createMemoryPlatform(provider(answer('succeeded')));
  await platform.createPayment(request);
  const other = await platform.createPayment({ ...request, body: { ...body, amount: 1001 } });
  assert.equal(other.ok ? 'accepted' : other.error.code, 'idempotency_key_reused');
});

test('two merchants, or two keys, never meet', async () => {
  const platform = createMemoryPlatform(provider(answer('succeeded')));
  const ids = new Set<string>();
  for (const changes of [
    {},
    { merchant: 'mer_2' },
    { idempotencyKey: 'order-2' },
    { merchant: 'mer_1o', idempotencyKey: 'rder-1' },
  ]) {
    const result = await platform.createPayment({ ...request, ...changes });
    assert.ok(result.ok);
    ids.add(result.value.payment.id);
  }
  assert.equal(ids.size, 4);
});

test('fifty at once: one is sent, the others are told to come again, and then get its answer', async () => {
  const { wait, open } = gate();
  const { sent, transport } = provider(wait);
  const platform = createMemoryPlatform({ transport });
  const all = Array.from({ length: 50 }, () => platform.createPayment(request));
  const others = await Promise.all(all.slice(1));
  for (const other of others)
    assert.deepEqual(other.ok ? 'accepted' : other.error, { code: 'idempotency_key_in_use', retryAfterMs: 1000 });
  open(answer('succeeded'));
  const first = await all[0];
  assert.ok(first?.ok);
  assert.deepEqual(await platform.createPayment(request), { ok: true, value: { ...first.value, replayed: true } });
  assert.equal(sent.length, 1);
});

test('a repeated request after the deadline commits the time-out first; the late reply is still believed', async () => {
  const { wait, open } = gate();
  const platform = createMemoryPlatform({ transport: wait });
  const first = platform.createPayment(request);
  await new Promise(setImmediate);
  platform.clock.advance(1000);
  const again = await platform.createPayment(request);
  assert.ok(again.ok);
  assert.equal(statusOf(again.value.payment), 'in_doubt');
  open(answer('succeeded'));
  const answered = await first;
  assert.ok(answered.ok);
  // The answer to the command is the first version without `sent`, for whoever asks.
  assert.deepEqual(answered.value.payment, again.value.payment);
  const now = latest(await platform.histories.load(again.value.payment.id));
  assert.equal(now === null ? null : statusOf(now), 'succeeded');
});

/** A journal whose nth append fails in the caller's eyes, stored or not. */
function failing(nth: number, stored: boolean) {
  let count = 0;
  return (journal: Journal): Journal => ({
    ...journal,
    append: async (commit) => {
      count += 1;
      if (count !== nth) return await journal.append(commit);
      if (stored) await journal.append(commit);
      throw new Fault('storage_io', 'the disk did not answer', { retryable: true });
    },
  });
}

test('an append that failed in our eyes but was stored is ours: it is sent, once', async () => {
  const { sent, transport } = provider(answer('succeeded'));
  const platform = createMemoryPlatform({ transport, wrapJournal: failing(1, true) });
  const result = await platform.createPayment(request);
  assert.ok(result.ok);
  assert.equal(sent.length, 1);
});

test('an append that failed and was not stored sends nothing', async () => {
  const { sent, transport } = provider(answer('succeeded'));
  const platform = createMemoryPlatform({ transport, wrapJournal: failing(1, false) });
  await assert.rejects(platform.createPayment(request), (fault) => isFault(fault) && fault.code === 'storage_io');
  assert.equal(sent.length, 0);
  assert.ok((await platform.createPayment(request)).ok);
  assert.equal(sent.length, 1);
});

test('an append that failed while another one won is a conflict: the other one sends', async () => {
  const { sent, transport } = provider(answer('succeeded'));
  const platform = createMemoryPlatform({
    transport,
    wrapJournal: (journal) => ({
      ...journal,
      append: async (commit) => {
        if (commit.seq !== 1) return await journal.append(commit);
        await journal.append({ ...commit, commitId: 'another' });
        throw new Fault('storage_io', 'the disk did not answer', { retryable: true });
      },
    }),
  });
  const result = await platform.createPayment(request);
  assert.equal(result.ok ? 'accepted' : result.error.code, 'idempotency_key_in_use');
  assert.equal(sent.length, 0);
});

test('two captures at once that together exceed the authorisation: one wins, the other is told what is left', async () => {
  const platform = createMemoryPlatform(provider(answer('succeeded')));
  const created = await platform.createPayment({ ...request, capture: 'manual' });
  assert.ok(created.ok);
  const capture = (key: string) =>
    platform.changePayment({
      merchant: 'mer_1',
      payment: created.value.payment.id,
      idempotencyKey: key,
      body: { key },
      command: { type: 'capture', amountMinor: 600n, final: null },
    });
  const results = await Promise.all([capture('a'), capture('b')]);
  assert.deepEqual(
    results.map((result) => (result.ok ? 'accepted' : result.error)),
    ['accepted', { code: 'amount_exceeds_capturable', leftMinor: 400n, currency: 'EUR' }],
  );
});

test('another merchant finds no payment', async () => {
  const platform = createMemoryPlatform(provider(answer('succeeded')));
  const created = await platform.createPayment(request);
  assert.ok(created.ok);
  const result = await platform.changePayment({
    merchant: 'mer_2',
    payment: created.value.payment.id,
    idempotencyKey: 'k',
    body: {},
    command: { type: 'cancel' },
  });
  assert.equal(result.ok ? 'accepted' : result.error.code, 'payment_not_found');
});

test('exchanges are kept without credentials and tokens', async () => {
  const platform = createMemoryPlatform(provider(answer('succeeded')));
  await platform.createPayment({
    ...request,
    personal: { ...request.personal, paymentMethod: { type: 'card', token: 'tok_private' } },
  });
  const text = JSON.stringify(platform.kept);
  assert.equal(platform.kept.length, 1);
  assert.equal(text.includes('sk_live'), false);
  assert.equal(text.includes('tok_private'), false);
});

test('what is owed is performed: the time-out, then the inquiry, and no second sending', async () => {
  const { sent, transport } = provider(() => new Promise<TransportResult>(() => {}));
  let inquiries = 0;
  const platform = createMemoryPlatform({
    transport: async (asked, limits) => {
      if (asked.method === 'POST') return await transport(asked, limits);
      inquiries += 1;
      return inquiries === 1 ? { kind: 'unanswered', reason: 'no answer' } : answer('succeeded');
    },
  });
  void platform.createPayment(request);
  await new Promise(setImmediate);
  const id = (await platform.feed.read(0, 1))[0]?.commit.stream ?? '';
  platform.clock.advance(2000);
  assert.deepEqual(await platform.pursue(id), { version: 2, dueAt: platform.clock.now() + 5000 });
  platform.clock.advance(5000);
  assert.deepEqual(await platform.pursue(id), { version: 3, dueAt: platform.clock.now() + 25_000 });
  platform.clock.advance(25_000);
  assert.deepEqual(await platform.pursue(id), { version: 4, dueAt: null });
  const payment = latest(await platform.histories.load(id));
  assert.equal(payment === null ? null : statusOf(payment), 'succeeded');
  assert.equal(sent.length, 1);
  assert.equal(await platform.pursue('pay_none'), null);
});

test('an operator ends a doubt with a name and a reason, and nothing else', async () => {
  const platform = createMemoryPlatform({ transport: async () => ({ kind: 'unanswered', reason: 'no answer' }) });
  const created = await platform.createPayment(request);
  assert.ok(created.ok);
  const state = {
    payment: created.value.payment.id,
    operation: 1,
    outcome: 'not_happened',
    by: { name: 'ops', reason: 'the provider said so on the phone' },
  } as const;
  const stated = await platform.stateEvidence(state);
  assert.equal(stated.ok ? statusOf(stated.value) : stated.error.code, 'requires_payment_method');
  const again = await platform.stateEvidence(state);
  assert.equal(again.ok ? 'accepted' : again.error.code, 'operation_not_in_doubt');
  const resolved = await platform.stateEvidence({ ...state, outcome: 'accept' });
  assert.equal(resolved.ok ? 'accepted' : resolved.error.code, 'no_conflict');
  const unknown = await platform.stateEvidence({ ...state, payment: 'pay_none' });
  assert.equal(unknown.ok ? 'accepted' : unknown.error.code, 'payment_not_found');
});

test('the times of a stream never go back, whatever the clock says', async () => {
  const clock = createTestClock();
  const platform = createMemoryPlatform({
    clock,
    transport: async () => {
      clock.advance(-60_000);
      return answer('succeeded');
    },
  });
  const result = await platform.createPayment(request);
  assert.ok(result.ok);
  assert.equal(result.value.payment.updatedAt, result.value.payment.createdAt);
});

test('what is folded in passing is what is folded from the journal', async () => {
  const platform = createMemoryPlatform(provider(answer('succeeded', { providerVersion: 3, amountMinor: null })));
  const result = await platform.createPayment(request);
  assert.ok(result.ok);
  assert.deepEqual(latest(await platform.histories.load(result.value.payment.id)), result.value.payment);
});

test('an operator is told of a doubt that is an hour old, and again when it is a day old', async () => {
  const platform = createMemoryPlatform({ transport: async () => ({ kind: 'unanswered', reason: 'no answer' }) });
  const created = await platform.createPayment(request);
  assert.ok(created.ok);
  const { id } = created.value.payment;
  const began = platform.clock.now();
  const toldAt: number[] = [];
  for (let inquiries = 0; inquiries < 10; inquiries += 1) {
    const told = platform.told.length;
    const due = await platform.pursue(id);
    if (platform.told.length > told) toldAt.push(Math.floor((platform.clock.now() - began) / 3_600_000));
    platform.clock.advance((due?.dueAt ?? 0) - platform.clock.now());
  }
  assert.deepEqual(toldAt, [1, 25]);
});
