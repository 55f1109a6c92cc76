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

const STOPS = 3;
const STOP_AFTER_MS = { min: 200, max: 900 };
const PAYMENTS_MAX = 4000;
const ANSWERED_MIN = 20;

test('a stop under load loses no request that was taken: what was begun was answered', async (t) => {
  await withSeed(async (dice) => {
    await using simulator = await startSimulator(FORGETFUL);
    await using server = await startServer({ folder: temporaryFolder(), simulatorUrl: simulator.url });
    await using client = await createApiClient(server);
    await using load = startLoad({ client, dice, concurrency: 16, paymentsMax: PAYMENTS_MAX });
    for (let stop = 1; stop <= STOPS; stop += 1) {
      await sleep(dice.between(STOP_AFTER_MS.min, STOP_AFTER_MS.max));
      const { code } = await server.stop();
      assert.equal(code, 0, server.child().output().slice(-2000));
      await server.restart();
    }
    const attempts = await load.stop();
    const repeated = attempts.filter(({ failures }) => failures.length > 0);
    t.diagnostic(`${attempts.length} payments, ${repeated.length} of them repeated`);
    assert.ok(load.answered() >= ANSWERED_MIN, `only ${load.answered()} payments were answered: that is no load`);
    assert.ok(repeated.length > 0, 'no client noticed: that was no stop under load');
    const lost = repeated.filter(({ answers }) => answers.some(({ replayed }) => replayed));
    assert.deepEqual(
      lost.map(({ request, failures }) => ({ ...request, failures })),
      [],
      'a payment was made and its client heard nothing of it',
    );
    await assertAllTrue({ client, attempts, simulatorUrl: simulator.url });
  });
});
