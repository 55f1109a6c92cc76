import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createApiClient } from '../support/apiClient.ts';
import { readBooks } from '../support/books.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startServer } from '../support/server.ts';
import { FORGETFUL, startSimulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import type { ShownPayment } from '../support/wire.ts';
import { assertBooksEqual } from './truth.ts';

const ENTRY = 'test/crash/faultyServer.ts';
const RESOLVED_TIMEOUT_MS = 30_000;
const PAYMENT = { key: 'order-1', amount: 1999, token: 'tok_approved' };

type Expected = {
  /** Of the first call after the restart. */
  status: number;
  replayed: boolean;
  answered: ShownPayment['status'];
  finally: ShownPayment['status'];
  charges: number;
};

const MOMENTS: Readonly<Record<string, { when: string; expected: Expected }>> = {
  before_append: {
    when: 'before the append: nothing was written, so the repeated call makes the payment',
    expected: { status: 201, replayed: false, answered: 'succeeded', finally: 'succeeded', charges: 1 },
  },
  after_append: {
    when: 'between append and send: in doubt, then proven absent',
    expected: { status: 202, replayed: true, answered: 'in_doubt', finally: 'requires_payment_method', charges: 0 },
  },
  after_reply: {
    when: 'between reply and append: in doubt, then found',
    expected: { status: 202, replayed: true, answered: 'in_doubt', finally: 'succeeded', charges: 1 },
  },
  after_outcome: {
    when: 'between the second append and the answer: the repeated call gets the answer',
    expected: { status: 201, replayed: true, answered: 'succeeded', finally: 'succeeded', charges: 1 },
  },
};

describe('kill -9 at an exact moment', { concurrency: true }, () => {
  for (const [point, { when, expected }] of Object.entries(MOMENTS)) {
    test(when, async () => {
      await using simulator = await startSimulator(FORGETFUL);
      await using server = await startServer({
        folder: temporaryFolder(),
        simulatorUrl: simulator.url,
        entry: ENTRY,
        env: { FAULT_POINT: point },
      });
      await using client = await createApiClient(server);
      await assert.rejects(client.pay(PAYMENT), 'the process died under the call');
      assert.equal((await server.child().ended).signal, 'SIGKILL');
      await server.restart({ entry: 'src/entry/local/main.ts', env: {} });

      const answer = await until(
        'the deadline has passed',
        () => client.pay(PAYMENT).then((again) => again.status !== 409 && again),
        RESOLVED_TIMEOUT_MS,
      );
      assert.deepEqual(
        { status: answer.status, replayed: answer.replayed, answered: answer.body.status },
        { status: expected.status, replayed: expected.replayed, answered: expected.answered },
      );
      const { id } = answer.body;
      const resolved = await until('out of doubt', async () => notInDoubt(await client.get(id)), RESOLVED_TIMEOUT_MS);
      assert.equal(resolved.status, expected.finally);
      const charges = await readBooks(simulator.url);
      assert.equal(charges.length, expected.charges);
      await assertBooksEqual({ client, simulatorUrl: simulator.url, payments: 1 });
      const last = await client.pay(PAYMENT);
      assert.ok(last.replayed);
      assert.deepEqual(last.body, answer.body, 'the first answer is the answer for ever');
    });
  }
});

function notInDoubt(payment: ShownPayment): ShownPayment | null {
  return payment.status === 'in_doubt' || payment.status === 'processing' ? null : payment;
}
