import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Api, startApi, until } from './harness.ts';

let api: Api;
before(async () => {
  api = await startApi();
});
after(() => api.stop());

const read = async () => {
  const answer = await fetch(`${api.url}/metrics`);
  return { type: answer.headers.get('content-type'), text: await answer.text() };
};

test('what happened can be read as metrics, and nothing in them names a payment or a merchant', async () => {
  const { body: paid } = await api.pay('tok_approved');
  await api.pay('tok_declined');
  await api.get(`/v1/payments/${paid.id}`);
  await api.get('/v1/nothing');
  const { type, text } = await until(async () => {
    const now = await read();
    return now.text.includes('florin_payment_transitions_total{from="processing",to="succeeded"} 1') && now;
  });
  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
  for (const line of [
    'florin_http_request_duration_seconds_count{method="POST",route="/v1/payments",status="201"} 2',
    'florin_http_request_duration_seconds_count{method="GET",route="/v1/payments/:id",status="200"} 1',
    'florin_http_request_duration_seconds_count{method="GET",route="none",status="404"} 1',
    'florin_payment_transitions_total{from="",to="processing"} 2',
    'florin_payments_in_doubt 0',
    'florin_parked_streams 0',
    'florin_provider_circuits_open 0',
  ])
    assert.ok(text.includes(`${line}\n`), `${line}\n${text}`);
  assert.match(text, /florin_provider_exchange_duration_seconds_count\{host="127\.0\.0\.1:\d+",outcome="2xx"\} [23]\n/);
  assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
  assert.doesNotMatch(text, /^(?!#).*(?:pay_|merchant|tok_)/m);
});

test('a doubt is counted while it lasts', async () => {
  await api.pay('tok_timeout_approved');
  await until(async () => (await read()).text.includes('florin_payments_in_doubt 1\n'));
  await until(async () => (await read()).text.includes('florin_payments_in_doubt 0\n'));
});

test('it is ready, and alive', async () => {
  assert.deepEqual((await api.get('/readyz')).body, { status: 'ready' });
  assert.deepEqual((await api.get('/healthz')).body, { status: 'ok' });
});

test('while it stops it is not ready, says why, and still does what it is asked', async () => {
  const stopping = await startApi({ stopDelayMs: 1000 });
  const stopped = stopping.stop();
  const { status, headers, body } = await stopping.get('/readyz');
  assert.deepEqual(
    [status, body.code, body.detail, headers.get('retry-after')],
    [503, 'not_ready', 'the process is stopping', '1'],
  );
  assert.equal((await stopping.get('/healthz')).status, 200);
  assert.equal((await stopping.pay('tok_approved')).status, 201);
  await stopped;
  await assert.rejects(stopping.get('/readyz'));
});
