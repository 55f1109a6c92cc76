import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { INBOX_CONTRACT } from '#core/ingress/contract.ts';
import { isFault } from '#core/kit/fault.ts';
import { openSqliteInbox } from './inbox.ts';

function openIn(folder: string) {
  const failures: Error[] = [];
  return { ...openSqliteInbox({ folder, onFailed: (fault) => failures.push(fault) }), failures };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-inbox-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const delivery = { id: 'a', provider: 'p', account: 'acct', body: Buffer.from('{"ü":1}'), receivedAt: 10 };

for (const { name, run } of INBOX_CONTRACT) {
  test(`sqlite: ${name}`, async (t) => {
    const opened = openIn(temporaryFolder(t));
    await run(opened.inbox);
    assert.deepEqual(opened.failures, []);
    opened.close();
  });
}

test('what was received is due after the file is opened again, with its attempts', async (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  await first.inbox.receive(delivery);
  await first.inbox.retryAt('a', { at: 20, attempts: 2, reason: 'payment_unknown' });
  first.close();
  const second = openIn(folder);
  const [item] = await second.inbox.due(20, 10);
  assert.deepEqual([item?.id, item?.attempts, Buffer.from(item?.body ?? []).toString()], ['a', 2, '{"ü":1}']);
  second.close();
});

test('it is on the disk before the promise resolves: a reader of the same file sees it', async (t) => {
  const folder = temporaryFolder(t);
  const writer = openIn(folder);
  await writer.inbox.receive(delivery);
  const reader = openIn(folder);
  assert.equal((await reader.inbox.due(10, 10)).length, 1);
  assert.ok(statSync(join(folder, 'inbox.sqlite-wal')).size > 0);
  reader.close();
  writer.close();
});

test('a storage that fails is a fault, told to whoever must end the process', async (t) => {
  const opened = openIn(temporaryFolder(t));
  opened.close();
  await assert.rejects(opened.inbox.due(1, 1), isFault);
  await assert.rejects(opened.inbox.receive(delivery), isFault);
  assert.equal(opened.failures.length, 2);
});
