import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { createSystemRandom } from '#adapters/system/clock.ts';
import { DOCUMENTS_CONTRACT } from '#core/documents/contract.ts';
import { openSqliteJournal } from './journal.ts';

function openerIn(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'florin-documents-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const open = () =>
    openSqliteJournal({
      folder,
      random: createSystemRandom(),
      idSecretFingerprint: 'f',
      onFailed: (fault) => assert.fail(fault),
    });
  return { folder, open };
}

for (const { name, run } of DOCUMENTS_CONTRACT) {
  test(`sqlite documents: ${name}`, async (t) => {
    const opened = openerIn(t).open();
    await run(opened.documents);
    opened.close();
  });
}

test('documents are there after the file is opened again', async (t) => {
  const { open } = openerIn(t);
  const first = open();
  await first.documents.put('c', 'a', { body: { n: 1 }, expectedVersion: 0 });
  first.close();
  const second = open();
  assert.deepEqual(await second.documents.get('c', 'a'), { key: 'a', version: 1, body: { n: 1 } });
  second.close();
});

test('a journal that was made before there were documents gets its table', async (t) => {
  const { folder, open } = openerIn(t);
  open().close();
  const earlier = new DatabaseSync(join(folder, 'journal.sqlite'));
  earlier.exec('DROP TABLE documents');
  earlier.close();
  const opened = open();
  assert.equal(await opened.documents.put('c', 'a', { body: 1, expectedVersion: 0 }), 'stored');
  opened.close();
});
