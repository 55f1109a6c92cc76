import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { createSystemRandom } from '#adapters/system/clock.ts';
import { FEED_CONTRACT, JOURNAL_CONTRACT, type JournalSubject } from '#core/journal/contract.ts';
import { openSqliteJournal } from './journal.ts';

function openIn(folder: string, idSecretFingerprint = 'f') {
  const failures: Error[] = [];
  const opened = openSqliteJournal({
    folder,
    random: createSystemRandom(),
    idSecretFingerprint,
    onFailed: (fault) => failures.push(fault),
  });
  return { ...opened, failures };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-journal-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

for (const { name, run } of [
  ...JOURNAL_CONTRACT.map((one) => ({ ...one, run: ({ journal }: JournalSubject) => one.run(journal) })),
  ...FEED_CONTRACT,
]) {
  test(`sqlite: ${name}`, async (t) => {
    const opened = openIn(temporaryFolder(t));
    await run(opened);
    assert.deepEqual(opened.failures, []);
    opened.close();
  });
}

test('what was appended is there after the file is opened again, under the same identity', async (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  await first.journal.append({ stream: 's', seq: 1, commitId: 'c', facts: '{}', personal: null, hash: 'h' });
  first.close();
  const second = openIn(folder);
  assert.equal((await second.journal.read('s')).length, 1);
  assert.equal(second.id, first.id);
  second.close();
});

test('another id secret is refused: every repeated request would become a second payment', (t) => {
  const folder = temporaryFolder(t);
  openIn(folder).close();
  assert.throws(() => openIn(folder, 'another'), /another id secret/);
});
