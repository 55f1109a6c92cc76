import assert from 'node:assert/strict';
import test from 'node:test';
import type { Outcome, Provider } from '#core/provider/port.ts';
import type { Transport, TransportResult } from '#core/provider/ports.ts';
import { createCompleteAction } from './completeAction.ts';
import { latest } from './history.ts';
import { answer, createMemoryPlatform, doubleProvider } from './platformFake.ts';
import { statusOf } from './status.ts';
import { createCommand } from './testKit.ts';

const { type: _, id: __, ...facts } = createCommand({ capture: 'manual' });
const personal = { ...facts.personal, returnUrl: 'https://shop.example/back' };
const request = { ...facts, personal, idempotencyKey: 'order-1', body: {} };

/** Goes on only when it is told what the customer came back with. */
const told: Provider = {
  ...doubleProvider,
  inquiry: { kind: 'none', readResent: doubleProvider.read },
  completion: {
    request: (operation, { result }, account) =>
      result === undefined
        ? null
        : {
            method: 'POST',
            url: `${account.baseUrl}/completions`,
            headers: { 'idempotency-key': operation.idempotencyKey },
            body: JSON.stringify({ result }),
          },
    read: (_operation, { body }) => JSON.parse(body) as Outcome,
  },
};

async function challenged(provider: Provider = told) {
  const sent: { url: string; key: string | undefined; body: string | null }[] = [];
  let next: TransportResult = answer('requires_action', { redirectUrl: 'https://challenge.example' });
  const transport: Transport = async ({ url, headers, body }) => {
    sent.push({ url, key: headers['idempotency-key'], body });
    return next;
  };
  const platform = createMemoryPlatform({ transport, provider });
  const created = await platform.createPayment(request);
  assert.ok(created.ok);
  const { id } = created.value.payment;
  sent.length = 0;
  const { histories, perform, clock } = platform;
  const status = async () => {
    const payment = latest(await histories.load(id));
    return payment === null ? null : statusOf(payment);
  };
  return {
    platform,
    id,
    sent,
    status,
    firstKey: created.value.payment.operations[0]?.sending?.idempotencyKey,
    completeAction: createCompleteAction({ histories, perform, clock }),
    answerWith: (result: TransportResult) => {
      next = result;
    },
  };
}

test('the provider is told what the customer came back with, under a key of its own, and its answer counts', async () => {
  const { id, sent, status, firstKey, completeAction, answerWith } = await challenged();
  assert.equal(await status(), 'requires_action');
  answerWith(answer('succeeded'));
  assert.equal(await completeAction(id, { result: 'r1' }), 'https://shop.example/back');
  assert.equal(await status(), 'requires_capture');
  assert.deepEqual(
    sent.map(({ body }) => body),
    ['{"result":"r1"}'],
  );
  assert.notEqual(sent[0]?.key, firstKey);
  assert.equal(await completeAction(id, { result: 'r1' }), 'https://shop.example/back');
  assert.equal(sent.length, 1, 'it is decided');
});

test('the same parameters have the same key, others another one', async () => {
  const { id, sent, platform, completeAction, answerWith } = await challenged();
  answerWith({ kind: 'unanswered', reason: 'no answer' });
  await completeAction(id, { result: 'r1' });
  await completeAction(id, { result: 'r2' });
  platform.clock.advance(3000);
  await completeAction(id, { result: 'r1' });
  const [first, other, again] = sent.map(({ key }) => key);
  assert.equal(again, first);
  assert.notEqual(other, first);
});

test('no answer, or none that is certain, leaves the challenge as it was', async () => {
  for (const result of [
    { kind: 'unanswered', reason: 'no answer' } as const,
    { kind: 'not_sent', reason: 'ECONNREFUSED' } as const,
    answer('unknown', { reason: 'odd' }),
  ]) {
    const { id, status, completeAction, answerWith } = await challenged();
    answerWith(result);
    await completeAction(id, { result: 'r1' });
    assert.equal(await status(), 'requires_action');
  }
});

test('parameters of no use are not sent; who reloads or makes them up is not asked for again and again', async () => {
  const { id, sent, platform, completeAction, answerWith } = await challenged();
  answerWith(answer('unknown', { reason: 'odd' }));
  await completeAction(id, { other: 'x' });
  assert.equal(sent.length, 0);
  for (let n = 0; n < 20; n += 1) await completeAction(id, { result: `r${n % 10}` });
  assert.equal(sent.length, 4, 'five at once, one of them of no use');
  platform.clock.advance(3000);
  await completeAction(id, { result: 'r1' });
  assert.equal(sent.length, 5);
});

test('what is being stopped is not completed', async () => {
  const { id, sent, platform, completeAction, answerWith } = await challenged();
  answerWith(answer('pending'));
  await platform.changePayment({
    merchant: 'mer_1',
    payment: id,
    idempotencyKey: 'c',
    body: {},
    command: { type: 'cancel' },
  });
  sent.length = 0;
  await completeAction(id, { result: 'r1' });
  assert.equal(sent.length, 0);
});

test('a provider that can be asked is asked', async () => {
  const { id, sent, status, completeAction, answerWith } = await challenged(doubleProvider);
  answerWith(answer('succeeded'));
  await completeAction(id, { result: 'r1' });
  assert.equal(sent.length, 1);
  assert.equal(await status(), 'requires_capture');
});
