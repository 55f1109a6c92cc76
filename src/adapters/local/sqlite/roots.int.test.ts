import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createSystemRandom } from '#adapters/system/clock.ts';
import type { SignedRoot } from '#core/proof/roots.ts';
import { openSqliteJournal } from './journal.ts';

const root = (number: number, previous: string | null): SignedRoot => ({
  number,
  position: number * 10,
  streams: number,
  root: `root ${number}`,
  previous,
  at: 1_700_000_000_000 + number,
  keyId: 'k',
  signature: `signature ${number}`,
});

test('signed roots come back as they were signed, in their order, also after the file is opened again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'florin-roots-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const open = () =>
    openSqliteJournal({
      folder,
      random: createSystemRandom(),
      idSecretFingerprint: 'f',
      onFailed: (fault) => assert.fail(fault),
    });
  const first = open();
  assert.deepEqual(await first.roots.all(), []);
  const roots = [root(1, null), root(2, 'root 1'), root(10, 'root 2')];
  for (const signed of roots) await first.roots.append(signed);
  first.close();
  const second = open();
  assert.deepEqual(
    (await second.roots.all()).map((row) => ({ ...row })),
    roots,
  );
  second.close();
});
