import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Registry } from 'prom-client';
import type { ProviderRequest } from '#core/provider/port.ts';
import { defineMetrics } from './definitions.ts';
import { createMetrics } from './metrics.ts';

const DOCUMENT = join(import.meta.dirname, '../../../docs/reference/metrics.md');

function start() {
  const time = { now: 0 };
  const metrics = createMetrics({ clock: { monotonic: () => time.now } });
  /** The samples of one name, as they are written. */
  const samples = async (name: string) =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(name) && !/_(bucket|sum)\b/.test(line));
  return { ...metrics, time, samples };
}

test('the document has every metric with its type and labels, and no other', () => {
  const document = readFileSync(DOCUMENT, 'utf8');
  const documented = [...document.matchAll(/^\| `(florin_\w+)` \| (\w+) \| ?([^|]*?) ?\|/gm)].map(
    ([, name, type, labels = '']) => `${name} ${type} ${labels.replace(/[`,]/g, '')}`.trim(),
  );
  const defined = Object.values(defineMetrics([new Registry()])).map((metric) => {
    const { name, labelNames } = metric as unknown as { name: string; labelNames: readonly string[] };
    return `${name} ${metric.constructor.name.toLowerCase()} ${labelNames.join(' ')}`.trim();
  });
  assert.deepEqual(documented.sort(), defined.sort());
  for (const [name] of document.matchAll(/(?<=[( ])florin_\w+(?=[[{ ])/g))
    assert.ok(
      defined.some((metric) => metric.startsWith(name.replace(/_(count|sum)$/, ''))),
      name,
    );
});

test('requests are counted by route and status, in seconds', async () => {
  const { answered, samples, text } = start();
  for (const durationMs of [3, 300]) answered({ method: 'POST', route: '/v1/payments', status: 201, durationMs });
  assert.deepEqual(await samples('florin_http_request_duration_seconds_count'), [
    'florin_http_request_duration_seconds_count{method="POST",route="/v1/payments",status="201"} 2',
  ]);
  assert.match(await text(), /_bucket\{le="0\.005",method="POST",route="\/v1\/payments",status="201"\} 1\n/);
});

test('exchanges are measured by host and outcome, and pass through as they are', async () => {
  const { measureTransport, samples, time } = start();
  const results = [
    { kind: 'response', response: { status: 201, headers: {}, body: '' } },
    { kind: 'response', response: { status: 502, headers: {}, body: '' } },
    { kind: 'unanswered', reason: 'x' },
    { kind: 'not_sent', reason: 'x' },
  ] as const;
  const left = [...results];
  const transport = measureTransport(async () => {
    time.now += 100;
    return left.shift() ?? { kind: 'not_sent', reason: 'none left' };
  });
  const request: ProviderRequest = {
    method: 'POST',
    url: 'https://api.example.com:8443/v1/x',
    headers: {},
    body: null,
  };
  for (const result of results)
    assert.equal(await transport(request, { connectMs: 1, sendBefore: 1, deadline: 1 }), result);
  assert.deepEqual(
    await samples('florin_provider_exchange_duration_seconds_count'),
    ['2xx', '5xx', 'unanswered', 'not_sent'].map(
      (outcome) =>
        `florin_provider_exchange_duration_seconds_count{host="api.example.com:8443",outcome="${outcome}"} 1`,
    ),
  );
});

test('deliveries are measured by outcome', async () => {
  const { measureDeliverer, samples } = start();
  const results = [
    { kind: 'answered', status: 204, retryAfter: null, bodyStart: '', durationMs: 5 },
    { kind: 'refused', reason: 'address_forbidden', durationMs: 0 },
    { kind: 'failed', reason: 'timeout', durationMs: 15_000 },
  ] as const;
  for (const result of results)
    await measureDeliverer(async () => result)({ url: 'https://x.example/', headers: {}, body: '', timeoutMs: 1 });
  assert.deepEqual(
    await samples('florin_webhook_delivery_duration_seconds_count'),
    ['2xx', 'refused', 'timeout'].map(
      (outcome) => `florin_webhook_delivery_duration_seconds_count{outcome="${outcome}"} 1`,
    ),
  );
});

test('what is watched is asked when somebody looks', async () => {
  const { watch, samples } = start();
  let lag = 1;
  watch({
    lag: () => lag,
    parked: () => 2,
    inDoubt: () => 3,
    circuitsOpen: () => 4,
    inbox: { counts: async () => ({ waiting: 5, quarantined: 6 }) },
  });
  lag = 7;
  assert.deepEqual(await samples('florin_feed_lag_commits'), ['florin_feed_lag_commits 7']);
  assert.deepEqual(await samples('florin_payments_in_doubt'), ['florin_payments_in_doubt 3']);
  assert.deepEqual(await samples('florin_parked_streams'), ['florin_parked_streams 2']);
  assert.deepEqual(await samples('florin_provider_circuits_open'), ['florin_provider_circuits_open 4']);
  assert.deepEqual(await samples('florin_inbox_items'), [
    'florin_inbox_items{state="waiting"} 5',
    'florin_inbox_items{state="quarantined"} 6',
  ]);
});
