import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { withSeed } from '../support/seeded.ts';
import { startServer } from '../support/server.ts';
import { FORGETFUL, startSimulator } from '../support/simulator.ts';
import { startLoad } from './load.ts';
import { assertAllTrue } from './truth.ts';

const KILLS = 7;
const KILL_AFTER_MS = { min: 20, max: 700 };
const PAYMENTS_MAX = 4000;
const ANSWERED_MIN = 40;

test('kill -9 under load, again and again: every answer stays true and no money moves twice', async (t) => {
  await withSeed(async (dice) => {
    await using simulator = await startSimulator(FORGETFUL);
    await using server = await startServer({ folder: temporaryFolder(), simulatorUrl: simulator.url });
    await using client = await createApiClient(server);
    await using load = startLoad({ client, dice, concurrency: 16, paymentsMax: PAYMENTS_MAX });
    const delays: number[] = [];
    try {
      for (let kill = 1; kill <= KILLS; kill += 1) {
        delays.push(dice.between(KILL_AFTER_MS.min, KILL_AFTER_MS.max));
        await sleep(delays.at(-1));
        await server.kill();
        await server.restart();
      }
      const attempts = await load.stop();
      t.diagnostic(
        `${attempts.length} payments, ${attempts.filter((attempt) => attempt.failures.length > 0).length} of them repeated`,
      );
      assert.ok(load.answered() >= ANSWERED_MIN, `only ${load.answered()} payments were answered: that is no load`);
      assert.equal(load.answered(), attempts.length, 'every client has its answer in the end');
      await assertAllTrue({ client, attempts, simulatorUrl: simulator.url });
    } catch (cause) {
      throw new Error(
        `killed after ${delays.join(', ')} ms: ${(cause as Error).message}\n${server.child().output().slice(-2000)}`,
        { cause },
      );
    }
  });
});
