import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { charge, eventually, startBench, startReceiver } from './testKit.ts';

test('every change is told once, signed, with the object as it was', async (t) => {
  const receiver = await startReceiver(t);
  const bench = await startBench(t, { webhookUrl: receiver.url });
  const { id } = await charge(bench, 'tok_approved', { capture: false });
  const capture = (await bench.post(`/v1/charges/${id}/captures`, { reference: 'c', amount: 1000, final: true })).body;
  await eventually(() => (receiver.hooks.length >= 3 ? true : undefined));
  const told = receiver.hooks.map(({ body }) => `${body.type} ${body.data.status} ${body.data.version}`).sort();
  assert.deepEqual(told, ['capture.updated succeeded 1', 'charge.updated authorized 1', 'charge.updated succeeded 2']);
  for (const { headers, raw, body } of receiver.hooks) {
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['simulator-signature'])) ?? [];
    assert.equal(mac, createHmac('sha256', 'secret').update(`${seconds}.${raw}`).digest('hex'));
    assert.match(body.id, /^evt_/);
    assert.equal(body.account, 'first');
  }
  const hook = receiver.hooks.find(({ body }) => body.type === 'capture.updated');
  assert.deepEqual(hook?.body.data, capture);
});

test('what is not answered by 2xx is sent again', async (t) => {
  const receiver = await startReceiver(t, (count) => (count === 1 ? 500 : 200));
  const bench = await startBench(t, { webhookUrl: receiver.url });
  await charge(bench, 'tok_approved');
  await eventually(() => (receiver.hooks.length === 2 ? true : undefined));
  const [first, second] = receiver.hooks;
  assert.equal(first?.raw, second?.raw);
  assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 990);
});

test('nothing is told when webhooks are off, or by the tokens that only an inquiry finds', async (t) => {
  const receiver = await startReceiver(t);
  const bench = await startBench(t, { webhookUrl: receiver.url });
  await bench.behave({ webhooks: false });
  await charge(bench, 'tok_approved');
  await bench.behave({ webhooks: true });
  await bench.post('/v1/charges', { reference: 'r', amount: 1, currency: 'EUR', token: 'tok_http_502', capture: true });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(receiver.hooks.length, 0);
});

test('a burst of webhooks all arrive', async (t) => {
  const receiver = await startReceiver(t);
  const bench = await startBench(t, { webhookUrl: receiver.url });
  const many = Array.from({ length: 150 }, (_, n) => charge(bench, 'tok_approved', { reference: `r${n}` }));
  await Promise.all(many);
  await eventually(() => (receiver.hooks.length >= 150 ? true : undefined));
  assert.equal(new Set(receiver.hooks.map(({ body }) => body.data.reference)).size, 150);
});
