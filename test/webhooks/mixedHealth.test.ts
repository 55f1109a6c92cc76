import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { createWebhookClient } from '#adapters/http/webhookClient.ts';
import { openSqliteWebhooks } from '#adapters/local/sqlite/webhooks.ts';
import { createSystemClock, createSystemRandom, createSystemTimers } from '#adapters/system/clock.ts';
import { createSealer } from '#adapters/system/sealer.ts';
import { createMemoryDocuments } from '#core/documents/memory.ts';
import { idSecretOf } from '#core/kit/id.ts';
import { createDeliverWebhook } from '#core/webhooks/deliver.ts';
import { createEndpoints } from '#core/webhooks/endpoints.ts';
import { createSendWebhook } from '#core/webhooks/send.ts';
import { createDeliverWebhooks } from '#workers/deliverWebhooks.ts';

const MERCHANT = 'mer_1';
const ENDPOINTS = 50;
const DELIVERIES_EACH = 200;
const SLOW_MS = 10_000;
const DONE_TIMEOUT_MS = 60_000;
/** What the sick ones may cost the healthy ones: their attempts are work for the same two processors. */
const SHARE_MAX = 1.5;
const GRACE_MS = 2000;

/** How an endpoint is, by its number: of ten, four are well. */
const KINDS = ['well', 'slow', 'well', 'silent', 'well', 'flapping', 'well', 'slow', 'silent', 'broken'] as const;
type Kind = (typeof KINDS)[number];

test('10,000 deliveries to 50 endpoints of mixed health take the healthy ones no longer than without the others', async (t) => {
  const alone = await deliverAll(t, (kind) => kind === 'well');
  const among = await deliverAll(t, () => true);
  t.diagnostic(
    `${alone.healthy} deliveries alone: ${alone.tookMs} ms; among ${among.queued} to all: ${among.tookMs} ms, ${among.requests} requests`,
  );
  assert.equal(among.queued, ENDPOINTS * DELIVERIES_EACH);
  assert.equal(among.healthy, alone.healthy);
  assert.ok(among.tookMs <= alone.tookMs * SHARE_MAX + GRACE_MS, `alone ${alone.tookMs} ms, among ${among.tookMs} ms`);
});

async function deliverAll(t: TestContext, isThere: (kind: Kind) => boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'florin-mixed-'));
  const [clock, random, timers] = [createSystemClock(), createSystemRandom(), createSystemTimers()];
  const failed = (fault: Error) => assert.fail(fault);
  const store = openSqliteWebhooks({ folder, journalId: 'j', journalHead: 0, now: clock.now(), onFailed: failed });
  const client = createWebhookClient({ clock, allowLoopback: true });
  const merchants = await startEndpoints();
  const sealer = createSealer({ keys: [{ id: 'k', bytes: random.bytes(32) }], random });
  const { queue } = store;
  // More endpoints than a merchant may have: each has a merchant of its own.
  const endpoints = createEndpoints({
    documents: createMemoryDocuments(),
    sealer,
    queue,
    checkUrl: client.checkUrl,
    clock,
    random,
  });
  const log = {
    info: () => {},
    error: (message: string, fields: object = {}) => t.diagnostic(`${message} ${JSON.stringify(fields)}`),
  };
  const made: { id: string; merchant: string }[] = [];
  for (let n = 0; n < ENDPOINTS; n += 1) {
    const kind = KINDS[n % KINDS.length] ?? 'well';
    if (!isThere(kind)) continue;
    const merchant = `${MERCHANT}_${n}`;
    const fields = { url: `${merchants.url}/${kind}/${n}`, events: ['*'] as const, description: null };
    const created = await endpoints.create(merchant, fields);
    assert.ok(created.ok);
    made.push({ id: created.value.endpoint.id, merchant });
  }
  const now = clock.now();
  const deliveries = Array.from({ length: DELIVERIES_EACH }, (_, n) =>
    made.map(({ id: endpoint, merchant }) => ({
      id: `del_${endpoint}_${n}`,
      merchant,
      endpoint,
      event: `evt_${n}`,
      type: 'payment.succeeded' as const,
      content: JSON.stringify({ id: `evt_${n}`, type: 'payment.succeeded', padding: 'x'.repeat(1000) }),
      createdAt: now,
    })),
  ).flat();
  await queue.add(deliveries, now);
  const deliverWebhook = createDeliverWebhook({
    queue,
    endpoints,
    readEvents: { find: async () => null },
    sendWebhook: createSendWebhook({ endpoints, deliverer: client.deliver, clock }),
    render: { event: () => '', notice: () => '' },
    clock,
    random,
    idSecret: idSecretOf(random.bytes(32)),
    log,
  });
  const healthy = (DELIVERIES_EACH * (ENDPOINTS * 4)) / 10;
  const began = clock.monotonic();
  const worker = createDeliverWebhooks({ queue, deliverWebhook, clock, timers, log });
  await until(() => merchants.counts().well >= healthy);
  const tookMs = Math.round(clock.monotonic() - began);
  assert.equal(merchants.counts().well, healthy);
  const requests = Object.values(merchants.counts()).reduce((sum, count) => sum + count, 0);
  merchants.release();
  await worker.stop();
  await client.close();
  await merchants.stop();
  store.close();
  rmSync(folder, { recursive: true, force: true });
  return { tookMs, healthy, queued: deliveries.length, requests };
}

/** All endpoints behind one address, as those of one host are. */
async function startEndpoints() {
  const counts = new Map<string, number>();
  const held = new Set<() => void>();
  const server: Server = createServer((request, response) => {
    const kind = (request.url ?? '').split('/')[1] as Kind;
    const count = (counts.get(kind) ?? 0) + 1;
    request.resume();
    const answer = (status: number) => {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      response.writeHead(status).end();
    };
    if (kind === 'well') answer(204);
    else if (kind === 'broken') answer(500);
    else if (kind === 'flapping') answer(count % 2 === 0 ? 204 : 503);
    else if (kind === 'slow') setTimeout(answer, SLOW_MS, 200).unref();
    else held.add(() => request.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => ({ well: 0, ...Object.fromEntries(counts) }) as { well: number },
    release: () => {
      for (const end of held) end();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + DONE_TIMEOUT_MS;
  while (!isSo()) {
    assert.ok(performance.now() < end, 'it takes too long');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
