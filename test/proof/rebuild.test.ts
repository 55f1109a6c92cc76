import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyOf } from '../crash/dataFolder.ts';
import { startLoad } from '../crash/load.ts';
import { untilNoDoubt } from '../crash/truth.ts';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { withSeed } from '../support/seeded.ts';
import { startServer } from '../support/server.ts';
import { startSimulator } from '../support/simulator.ts';
import { createPayments } from './payments.ts';
import { deleteDerived, readTables, rebuildDerived } from './rebuild.ts';
import { runVerify, untilFollowed } from './verifyProcess.ts';

const KILL_AFTER_MS = { min: 300, max: 700 };
const GO_ON_MS = 400;
const LOAD = { concurrency: 12, paymentsMax: 2000 };
const TABLES_WITH_ROWS = ['ledger_accounts', 'ledger_entries', 'ledger_lines', 'payments', 'positions', 'schedule'];

test('derived data that is deleted after kill -9 under load is made again, the same as any other time', async () => {
  await withSeed(async (dice) => {
    await using simulator = await startSimulator();
    await using server = await startServer({ folder: temporaryFolder(), simulatorUrl: simulator.url });
    const { folder } = server;
    await using client = await createApiClient(server);
    const payments = createPayments(client);
    // These owe a step for days, so that the schedule has rows to compare.
    for (let held = 0; held < 3; held += 1) await payments.pay('tok_approved', { capture: 'manual' });
    await using load = startLoad({ client, dice, ...LOAD });
    await sleep(dice.between(KILL_AFTER_MS.min, KILL_AFTER_MS.max));
    await server.kill();
    const killed = await runVerify(folder, simulator.url);
    assert.equal(killed.code, 0, `what kill -9 left has no difference: ${killed.output}`);

    deleteDerived(folder);
    await server.restart();
    await sleep(GO_ON_MS);
    await load.stop();
    await untilFollowed(folder);
    await untilNoDoubt(client);
    await untilFollowed(folder);
    const listed = await client.listAll();
    assert.equal(listed.length, load.answered() + 3, 'the list is complete again');
    await server.stop();

    const verified = await runVerify(folder, simulator.url);
    assert.equal(verified.code, 0, verified.output);
    const again = copyOf(folder);
    await rebuildDerived(again);
    const [tables, others] = [readTables(folder), readTables(again)];
    assert.deepEqual(Object.keys(others), Object.keys(tables));
    for (const name of TABLES_WITH_ROWS) assert.ok((tables[name]?.length ?? 0) > 0, `${name} has rows to compare`);
    for (const [name, rows] of Object.entries(tables)) assert.deepEqual(others[name], rows, `the rows of ${name}`);
  });
});
