import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '../support/apiClient.ts';
import { readBooks } from '../support/books.ts';
import { temporaryFolder } from '../support/folder.ts';
import { withSeed } from '../support/seeded.ts';
import { startServer } from '../support/server.ts';
import { FORGETFUL, startSimulator } from '../support/simulator.ts';
import { startLoad } from './load.ts';
import { assertAllTrue, assertBooksEqual, untilNoDoubt } from './truth.ts';

const ENTRY = 'test/crash/faultyServer.ts';
/** The account allows half a second to send and one for the whole exchange. */
const LONGER_THAN_THE_DEADLINE_MS = 1600;
/** Later an unlucky request could still be on its way from a process that was frozen in the middle of writing. */
const SETTLE_MS = 500;
const FREEZES = 2;
const FREEZE_AFTER_MS = { min: 50, max: 500 };
const PAYMENTS_MAX = 1500;

describe('a process that stands still', { concurrency: true }, () => {
  for (const point of ['freeze_before_append', 'freeze_before_send']) {
    // The first payment needs a connection, the second finds one open: two ways to the first byte.
    for (const victim of [1, 2]) {
      test(`${point} of payment ${victim}, past the deadline: nothing is sent any more`, async () => {
        await using simulator = await startSimulator(FORGETFUL);
        const env = { FAULT_POINT: point, FAULT_PAYMENT: String(victim) };
        await using server = await startServer({
          folder: temporaryFolder(),
          simulatorUrl: simulator.url,
          entry: ENTRY,
          env,
        });
        await using client = await createApiClient(server);
        for (let n = 1; n < victim; n += 1)
          assert.equal((await client.pay({ key: `before-${n}`, amount: 100, token: 'tok_approved' })).status, 201);

        const asked = client.pay({ key: 'frozen', amount: 1999, token: 'tok_approved' });
        await server.child().printed(/standing still/);
        await sleep(LONGER_THAN_THE_DEADLINE_MS);
        server.child().signal('SIGCONT');
        const answer = await asked;

        await untilNoDoubt(client);
        await sleep(SETTLE_MS);
        const payment = await client.get(answer.body.id);
        assert.equal(payment.status, 'requires_payment_method');
        assert.ok(
          ['not_sent', 'not_found'].includes(payment.operations[0]?.status ?? ''),
          `the operation is ${payment.operations[0]?.status}`,
        );
        assert.equal((await readBooks(simulator.url)).length, victim - 1, 'the provider never saw it');
        await assertBooksEqual({ client, simulatorUrl: simulator.url, payments: victim });
      });
    }
  }

  test('at random moments under load, past the deadline: the books are equal in the end', async () => {
    await withSeed(async (dice) => {
      await using simulator = await startSimulator(FORGETFUL);
      await using server = await startServer({ folder: temporaryFolder(), simulatorUrl: simulator.url });
      await using client = await createApiClient(server);
      await using load = startLoad({ client, dice, concurrency: 16, paymentsMax: PAYMENTS_MAX });
      // All within five seconds: an inquiry that a freeze leaves unanswered would be repeated only half a minute later.
      for (let freeze = 1; freeze <= FREEZES; freeze += 1) {
        await sleep(dice.between(FREEZE_AFTER_MS.min, FREEZE_AFTER_MS.max));
        server.child().signal('SIGSTOP');
        await sleep(LONGER_THAN_THE_DEADLINE_MS);
        server.child().signal('SIGCONT');
      }
      await sleep(FREEZE_AFTER_MS.min);
      const attempts = await load.stop();
      assert.equal(load.answered(), attempts.length, 'every client has its answer in the end');
      await assertAllTrue({ client, attempts, simulatorUrl: simulator.url });
    });
  });
});
