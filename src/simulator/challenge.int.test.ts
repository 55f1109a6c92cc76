import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, charge, eventually, startBench, startReceiver } from './testKit.ts';

function decide(bench: Bench, url: string, decision: string) {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return bench.send('POST', new URL(url).pathname, { headers, body: `decision=${decision}` });
}

test('the customer approves, goes back, and the merchant is told', async (t) => {
  const receiver = await startReceiver(t);
  const bench = await startBench(t, { webhookUrl: receiver.url });
  const back = 'https://shop.example/return?order=7';
  const asked = await charge(bench, 'tok_requires_action', { return_url: back, amount: 1999 });
  assert.equal(asked.status, 'requires_action');
  assert.equal(asked.redirect_url, `${bench.url}/simulator/challenge/${asked.id}`);
  const page = await bench.get(new URL(asked.redirect_url).pathname);
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(page.text, /EUR\s19\.99/);
  const answer = await decide(bench, asked.redirect_url, 'approve');
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, back]);
  const hook = await eventually(() =>
    receiver.hooks.find(({ body }) => body.type === 'charge.updated' && body.data.version === 2),
  );
  assert.deepEqual([hook.body.data.status, hook.body.data.redirect_url], ['succeeded', null]);
  const again = await decide(bench, asked.redirect_url, 'refuse');
  assert.equal(again.status, 303);
  assert.equal((await bench.get(`/v1/charges/${asked.id}`)).body.status, 'succeeded');
});

test('the customer refuses', async (t) => {
  const bench = await startBench(t);
  const asked = await charge(bench, 'tok_requires_action', { capture: false });
  const answer = await decide(bench, asked.redirect_url, 'refuse');
  assert.equal(answer.status, 200);
  assert.match(answer.text, /refused/);
  const now = (await bench.get(`/v1/charges/${asked.id}`)).body;
  assert.deepEqual([now.status, now.decline_code], ['declined', 'authentication_failed']);
});

test('the page escapes, sends nobody to a script, and closes with its charge', async (t) => {
  const bench = await startBench(t);
  const nasty = { reference: '"><script>alert(1)</script>', return_url: 'javascript:alert(1)' };
  const asked = await charge(bench, 'tok_requires_action', nasty);
  const path = new URL(asked.redirect_url).pathname;
  const page = await bench.get(path);
  assert.ok(!page.text.includes('<script>'));
  assert.match(page.text, /&quot;&gt;&lt;script&gt;/);
  assert.equal((await decide(bench, asked.redirect_url, 'maybe')).status, 400);
  await bench.post(`/v1/charges/${asked.id}/cancel`, {});
  assert.match((await bench.get(path)).text, /no longer open/);
  assert.equal((await decide(bench, asked.redirect_url, 'approve')).status, 200);
  assert.equal((await bench.get(`/v1/charges/${asked.id}`)).body.status, 'canceled');
  const sale = await charge(bench, 'tok_approved');
  assert.equal((await bench.get(`/simulator/challenge/${sale.id}`)).status, 404);
});
