import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { isFault } from '#core/kit/fault.ts';
import { WEBHOOKS_CONTRACT } from '#core/webhooks/contract.ts';
import { openSqliteWebhooks, type SqliteWebhooksOptions } from './webhooks.ts';

const NOW = 1_700_000_000_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const LEASE = { now: NOW, leaseUntil: NOW + 30_000, limit: 9 };
const made = {
  id: 'del_a',
  merchant: 'mer_1',
  endpoint: 'whe_1',
  event: 'evt_a',
  type: 'payment.created',
  content: null,
  createdAt: NOW,
} as const;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-webhooks-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function openIn(folder: string, changes: Partial<SqliteWebhooksOptions> = {}) {
  const failures: Error[] = [];
  const options = {
    folder,
    journalId: 'j',
    journalHead: 0,
    now: NOW,
    onFailed: (fault: Error) => failures.push(fault),
  };
  return { ...openSqliteWebhooks({ ...options, ...changes }), failures };
}

for (const { name, run } of WEBHOOKS_CONTRACT) {
  test(`sqlite webhooks: ${name}`, async (t) => {
    const opened = openIn(temporaryFolder(t));
    await run(opened);
    assert.deepEqual(opened.failures, []);
    opened.close();
  });
}

test('what was being sent when the process died is due at once at the next start', async (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  await first.queue.add([made], NOW);
  assert.equal((await first.queue.take('whe_1', LEASE)).length, 1);
  assert.equal((await first.queue.take('whe_1', LEASE)).length, 0);
  first.close();
  const second = openIn(folder);
  assert.equal((await second.queue.take('whe_1', LEASE)).length, 1);
  second.close();
});

test('position, attempts and standing are there after the file is opened again', async (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  await first.events.save({ rows: [], deliveries: [made], position: 7 });
  const attempt = { at: NOW, durationMs: 1, succeeded: false, status: 500, failure: null, responseStart: 'no' };
  await first.queue.settle(made, { attempt, state: { status: 'waiting', dueAt: NOW + 5000 } });
  first.close();
  const second = openIn(folder, { journalHead: 7 });
  assert.equal(second.events.position(), 7);
  assert.deepEqual((await second.queue.find(made.id))?.log, [attempt]);
  assert.deepEqual(await second.queue.ready(NOW + 5000).then((all) => all.map((one) => one.failures)), [1]);
  assert.deepEqual(await second.queue.ready(NOW + 4999), []);
  second.close();
});

test('beside an old journal a new file tells of the last day only, also when it is opened again; beside a new journal of all', (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder, { journalHead: 9 });
  assert.equal(first.events.tellFrom(), NOW - DAY_MS);
  first.close();
  const second = openIn(folder, { journalHead: 9, now: NOW + DAY_MS });
  assert.equal(second.events.tellFrom(), NOW - DAY_MS);
  second.close();
  const other = openIn(temporaryFolder(t));
  assert.equal(other.events.tellFrom(), 0);
  other.close();
});

test('beside another journal, or one that has lost commits, it is refused', async (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  await first.events.save({ rows: [], deliveries: [], position: 7 });
  first.close();
  assert.throws(() => openIn(folder, { journalId: 'k', journalHead: 7 }), { code: 'webhooks_foreign' });
  assert.throws(() => openIn(folder, { journalHead: 6 }), { code: 'journal_behind' });
});

test('a storage that fails is a fault, told to whoever must end the process', async (t) => {
  const opened = openIn(temporaryFolder(t));
  opened.close();
  await assert.rejects(opened.queue.find('a'), isFault);
  await assert.rejects(opened.queue.add([made], NOW), isFault);
  assert.equal(opened.failures.length, 2);
});

test('of a long queue, what is ready is found by one seek an endpoint', async (t) => {
  const opened = openIn(temporaryFolder(t));
  const deliveries = Array.from({ length: 20_000 }, (_, n) => ({ ...made, id: `del_${n}`, endpoint: `whe_${n % 4}` }));
  await opened.queue.add(deliveries, NOW + 1);
  const began = performance.now();
  for (let times = 0; times < 100; times += 1) assert.deepEqual(await opened.queue.ready(NOW), []);
  const perLookMs = (performance.now() - began) / 100;
  assert.ok(perLookMs < 2, `${perLookMs} ms`);
  opened.close();
});
