import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { withSeed } from '../support/seeded.ts';
import { spawnServer, startServer } from '../support/server.ts';

const KILLS = 8;
/** Most of a start is loading the sources; files are written in its last tenth of a second. */
const KILL_AFTER_MS = { min: 150, max: 600 };

describe('a first start that is cut off', { concurrency: true }, () => {
  test('by kill -9 at random moments: the next start goes on from there', async () => {
    await withSeed(async (dice) => {
      const folder = temporaryFolder();
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const child = spawnServer({ folder, simulatorUrl: null });
        await sleep(dice.between(KILL_AFTER_MS.min, KILL_AFTER_MS.max));
        await child.end('SIGKILL');
      }
      await assertPays(folder);
    });
  });

  // What SQLite leaves when the process dies between choosing its write-ahead log and creating the tables.
  for (const name of ['journal.sqlite', 'derived.sqlite']) {
    test(`when ${name} had been begun and had no tables yet: the next start goes on from there`, async () => {
      const folder = temporaryFolder();
      await using server = await startServer({ folder, simulatorUrl: null });
      await server.stop();
      // The files are made in the order secrets, journal, derived, inbox, webhooks.
      for (const later of ['derived.sqlite', 'inbox.sqlite', 'webhooks.sqlite']) rmSync(join(folder, later));
      rmSync(join(folder, name), { force: true });
      const begun = new DatabaseSync(join(folder, name));
      begun.exec('PRAGMA journal_mode = WAL;');
      begun.close();
      await assertPays(folder);
    });
  }
});

async function assertPays(folder: string): Promise<void> {
  await using server = await startServer({ folder, simulatorUrl: null });
  await using client = await createApiClient(server);
  assert.equal((await client.pay({ key: 'one', amount: 100, token: 'tok_approved' })).status, 201);
  assert.equal((await server.stop()).code, 0);
}
