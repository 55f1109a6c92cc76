import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { REFERENCES_CONTRACT } from '#core/ingress/contract.ts';
import { openDerived } from './derived.ts';
import { createSqliteReferences } from './references.ts';

for (const { name, run } of REFERENCES_CONTRACT) {
  test(`sqlite: ${name}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'florin-references-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const derived = openDerived({ folder, journalId: 'j', journalHead: 0 });
    await run((echoes) => createSqliteReferences(derived, echoes));
    derived.close();
  });
}
