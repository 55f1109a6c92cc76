import assert from 'node:assert/strict';
import test from 'node:test';
import { isFault } from '#core/kit/fault.ts';
import type { Outcome, Provider } from '#core/provider/port.ts';
import type { Transport, TransportResult } from '#core/provider/ports.ts';
import { latest } from './history.ts';
import { answer, createMemoryPlatform, doubleProvider } from './platformFake.ts';
import { statusOf } from './status.ts';
import { createCommand } from './testKit.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { type: _, id: __, ...facts } = createCommand({ capture: 'automatic' });
const request = { ...facts, idempotencyKey: 'order-1', body: {} };

/** Can't be asked. What refuses only the call that it answers says nothing about the first. */
const unaskable: Provider = {
  ...doubleProvider,
  capabilities: { ...doubleProvider.capabilities, idempotencyWindowMs: DAY_MS },
  inquiry: {
    kind: 'none',
    readResent: (_, { body }) => {
      const outcome = JSON.parse(body) as Outcome;
      return outcome.outcome === 'rejected' ? { outcome: 'unknown', reason: 'refused' } : outcome;
    },
  },
};

async function inDoubt() {
  const sent: { url: string; headers: Readonly<Record<string, string>>; body: string | null }[] = [];
  let next: TransportResult = { kind: 'unanswered', reason: 'no answer' };
  const transport: Transport = async ({ url, headers, body }) => {
    sent.push({ url, headers, body });
    return next;
  };
  const platform = createMemoryPlatform({ transport, provider: unaskable });
  const created = await platform.createPayment(request);
  assert.ok(created.ok);
  const { id } = created.value.payment;
  const status = async () => {
    const payment = latest(await platform.histories.load(id));
    return payment === null ? null : statusOf(payment);
  };
  const events = async () =>
    (await platform.histories.load(id)).versions.flatMap((version) => version.events.map(({ type }) => type));
  return {
    platform,
    id,
    sent,
    status,
    events,
    answerWith: (result: TransportResult) => {
      next = result;
    },
    pursueAfter: async (ms: number) => {
      platform.clock.advance(ms);
      return await platform.pursue(id);
    },
  };
}

test('a doubt is ended by the same bytes with the same key', async () => {
  const { sent, status, events, answerWith, pursueAfter } = await inDoubt();
  assert.equal(await status(), 'in_doubt');
  answerWith(answer('succeeded'));
  await pursueAfter(5000);
  assert.equal(await status(), 'succeeded');
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[1], sent[0]);
  assert.deepEqual((await events()).slice(-2), ['operation.resent', 'operation.succeeded']);
});

test('it is durable before it is sent, and one of many processes sends it', async () => {
  const { platform, id, sent, events, answerWith } = await inDoubt();
  answerWith({ kind: 'unanswered', reason: 'again' });
  platform.clock.advance(5000);
  await Promise.all(Array.from({ length: 10 }, () => platform.pursue(id)));
  assert.equal(sent.length, 2);
  assert.equal((await events()).filter((type) => type === 'operation.resent').length, 1);
});

test('what refuses only the resend does not end the doubt about the first', async () => {
  const { status, answerWith, pursueAfter } = await inDoubt();
  answerWith(answer('rejected'));
  await pursueAfter(5000);
  assert.equal(await status(), 'in_doubt');
});

test('a resend that could not be connected says nothing about the first', async () => {
  const { status, answerWith, pursueAfter } = await inDoubt();
  answerWith({ kind: 'not_sent', reason: 'ECONNREFUSED' });
  await pursueAfter(5000);
  assert.equal(await status(), 'in_doubt');
});

for (const [name, change] of Object.entries({
  'another version of the adapter': { provider: { ...unaskable, version: 2 } },
  'a lookup where there was none': { provider: doubleProvider },
  'other bytes': {
    provider: {
      ...unaskable,
      request: (...asked: Parameters<Provider['request']>) => ({ ...unaskable.request(...asked), body: '{}' }),
    },
  },
  'another address': { account: { baseUrl: 'http://elsewhere' } },
}) as [string, { provider?: Provider; account?: object }][])
  test(`nothing is sent again with ${name}: an operator is told`, async () => {
    const { platform, sent, status, events, answerWith, pursueAfter } = await inDoubt();
    answerWith(answer('succeeded'));
    Object.assign(platform.connected, { provider: change.provider ?? platform.connected.provider });
    Object.assign(platform.connected.account, change.account ?? {});
    await pursueAfter(5000);
    assert.equal(sent.length, 1);
    assert.equal(await status(), 'in_doubt');
    assert.equal((await events()).at(-1), 'operation.overdue');
    assert.deepEqual(platform.told, ['nobody but its provider can tell of an operation']);
  });

test('out of reach, it is sent later', async () => {
  const { platform, sent, events, pursueAfter } = await inDoubt();
  platform.clock.advance(5000);
  for (let failed = 0; failed < 100; failed += 1) platform.breaker.record('acct_1', true, platform.clock.monotonic());
  await pursueAfter(0);
  assert.equal(sent.length, 1);
  assert.equal((await events()).at(-1), 'operation.timed_out');
});

test('after the window the doubt stays, and an operator is told, every day', async () => {
  const { platform, sent, status, answerWith, pursueAfter } = await inDoubt();
  answerWith(answer('succeeded'));
  await pursueAfter(0.9 * DAY_MS);
  assert.equal(sent.length, 1);
  assert.equal(await status(), 'in_doubt');
  const pursued = await pursueAfter(DAY_MS);
  assert.equal(platform.told.filter((message) => message.startsWith('nobody')).length, 2);
  assert.equal(pursued?.dueAt, platform.clock.now() + DAY_MS);
});

test('an operator is told of a doubt that lasts, resent or not', async () => {
  const { platform, pursueAfter } = await inDoubt();
  for (const ms of [5000, 25_000, 90_000, 480_000, 3_000_000]) await pursueAfter(ms);
  assert.deepEqual(platform.told, ['an operation has been in doubt for long']);
});

test('a customer who comes back from a challenge does not make anything be sent again', async () => {
  const { platform, id, sent, answerWith, pursueAfter } = await inDoubt();
  answerWith(answer('requires_action', { redirectUrl: 'https://challenge.example' }));
  await pursueAfter(5000);
  const history = await platform.histories.load(id);
  const after = await platform.perform.inquire(history, 1, { scheduled: false });
  assert.equal(after.versions.length, history.versions.length);
  assert.equal(sent.length, 2);
});

test('what is not found with other keys than it was sent with stays in doubt: its books may be others', async () => {
  for (const rotated of [false, true]) {
    const replies: TransportResult[] = [{ kind: 'unanswered', reason: 'no answer' }];
    const platform = createMemoryPlatform({ transport: async () => replies.shift() ?? answer('not_found') });
    const created = await platform.createPayment(request);
    assert.ok(created.ok);
    if (rotated) platform.connected.account.keysChangedAt = platform.clock.now() + 1;
    platform.clock.advance(HOUR_MS);
    await platform.pursue(created.value.payment.id);
    const payment = latest(await platform.histories.load(created.value.payment.id));
    assert.equal(payment?.operations[0]?.outcome.status, rotated ? 'unknown' : 'not_found');
  }
});

test('an inquiry goes by the clock of whoever sent, not by that of whoever wrote before', async () => {
  const asked: number[] = [];
  const { inquiry } = doubleProvider;
  const provider: Provider = {
    ...doubleProvider,
    inquiry: {
      ...inquiry,
      request: (operation, account, { sentAt }) => {
        asked.push(sentAt);
        return inquiry.request(operation, account);
      },
    },
  };
  const transport: Transport = async () => ({ kind: 'unanswered', reason: 'no answer' });
  const platform = createMemoryPlatform({ transport, provider });
  const created = await platform.createPayment({ ...request, confirm: false });
  assert.ok(created.ok);
  const { id, merchant } = created.value.payment;
  // The machine that confirms is half a minute behind the one that created.
  platform.clock.advance(-30_000);
  const sentAt = platform.clock.now();
  const command = { type: 'confirm', paymentMethod: null } as const;
  await platform.changePayment({ merchant, payment: id, command, idempotencyKey: 'confirm-1', body: {} });
  platform.clock.advance(HOUR_MS);
  await platform.pursue(id);
  assert.deepEqual(asked, [sentAt]);
});

test('an account that can not be used for a while is a fault that passes', async () => {
  const transport: Transport = async () => ({ kind: 'unanswered', reason: 'no answer' });
  const platform = createMemoryPlatform({ transport });
  const created = await platform.createPayment(request);
  assert.ok(created.ok);
  const { id: known } = platform.connected.account;
  platform.connected.account.id = 'acct_away';
  platform.clock.advance(HOUR_MS);
  const isRetryable = (fault: unknown) => isFault(fault) && fault.retryable;
  await assert.rejects(platform.pursue(created.value.payment.id), isRetryable);
  platform.connected.account.id = known;
  assert.ok(await platform.pursue(created.value.payment.id));
});
