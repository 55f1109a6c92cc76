import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApiClient } from '../support/apiClient.ts';
import { readBooks } from '../support/books.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startServer } from '../support/server.ts';
import { FORGETFUL, startSimulator } from '../support/simulator.ts';

const AT_ONCE = 50;
const PAYMENT = { key: 'order-1', amount: 1999, token: 'tok_approved' };

test('fifty identical creates at once make one charge; another body is refused', async () => {
  await using simulator = await startSimulator(FORGETFUL);
  await using server = await startServer({ folder: temporaryFolder(), simulatorUrl: simulator.url });
  await using client = await createApiClient(server);

  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => client.pay(PAYMENT)));
  const [first, ...others] = answers.filter((answer) => answer.status === 201 && !answer.replayed);
  assert.ok(first, 'one of them made the payment');
  assert.equal(others.length, 0, 'and only one');
  for (const answer of answers) {
    if (answer === first) continue;
    if (answer.status === 409) {
      assert.equal(answer.body.code, 'idempotency_key_in_use');
      assert.ok((answer.retryAfterS ?? 0) >= 1, 'a 409 says when to come again');
    } else {
      assert.deepEqual([answer.status, answer.replayed], [201, true]);
      assert.deepEqual(answer.body, first.body);
    }
  }

  const again = await client.pay(PAYMENT);
  assert.deepEqual([again.status, again.replayed], [201, true]);
  assert.deepEqual(again.body, first.body);
  const other = await client.pay({ ...PAYMENT, amount: PAYMENT.amount + 1 });
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused']);

  const charges = await readBooks(simulator.url);
  assert.deepEqual(
    charges.map(({ reference, amount_captured: captured }) => [reference, captured]),
    [[first.body.operations[0]?.id, PAYMENT.amount]],
  );
});
