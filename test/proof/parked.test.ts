import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type ApiClient, createApiClient } from '../support/apiClient.ts';
import { readBooks } from '../support/books.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startServer } from '../support/server.ts';
import { startSimulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { appendByHand, removeHandmade } from './handmade.ts';
import { createOperator } from './operator.ts';
import { createPayments } from './payments.ts';
import { runVerify, untilFollowed } from './verifyProcess.ts';

const PARKED_TIMEOUT_MS = 5000;
const UNKNOWN = { type: 'payment.cancel_requested', v: 99 };
const KNOWN = { type: 'payment.cancel_requested', v: 1 };

test('a commit of a later version parks its payment and no other, and is read when it can be', async () => {
  await using simulator = await startSimulator();
  await using server = await startServer({ folder: temporaryFolder(), simulatorUrl: simulator.url });
  const { folder } = server;
  await using client = await createApiClient(server);
  const operator = await createOperator(server);
  const payments = createPayments(client);
  const parked = await payments.pay('tok_approved', { capture: 'manual' });
  const other = await payments.pay('tok_approved', { capture: 'manual' });
  await untilFollowed(folder);
  await server.stop();
  appendByHand(folder, parked, UNKNOWN);
  appendByHand(folder, parked, KNOWN);

  await server.restart();
  await until('the payment is parked', async () => (await operator.parkedStreams()).length > 0, PARKED_TIMEOUT_MS);
  await payments.capture(other, {});
  const fresh = await payments.pay('tok_approved');
  await untilFollowed(folder);
  assert.equal((await client.get(other)).status, 'succeeded');
  assert.equal((await client.get(fresh)).status, 'succeeded');
  assert.deepEqual(ids(await client.listAll('succeeded')), [other, fresh].sort(), 'the lists of others go on');
  await assertParked({ client, operator, parked });
  await assertVerified(
    'no difference',
    await runVerify(folder, simulator.url),
    /^parked {4}1 payments can not be read/m,
  );

  await server.kill();
  await server.restart();
  await assertParked({ client, operator, parked });
  await server.stop();
  await assertVerified(
    'after the stop',
    await runVerify(folder, simulator.url),
    /^parked {4}1 payments can not be read/m,
  );
  const held = (await readBooks(simulator.url)).filter((charge) => charge.amount_captured === 0);
  assert.equal(held.length, 1, 'nothing was captured of what can not be read');

  // As a later version would find it: there is nothing in the stream any more that it can't read.
  removeHandmade(folder);
  await server.restart();
  await untilFollowed(folder);
  assert.deepEqual(await operator.parkedStreams(), []);
  assert.equal(parkedRows(folder), 0, 'the derived data was made again');
  await payments.capture(parked, {});
  assert.equal((await client.get(parked)).status, 'succeeded');
  await until('all are listed', async () => (await client.listAll()).length === 3, PARKED_TIMEOUT_MS);
  await untilFollowed(folder);
  await assertVerified('nothing is parked', await runVerify(folder, simulator.url), /^index {5}3 payments/m);
});

type Operator = Awaited<ReturnType<typeof createOperator>>;

async function assertParked({ client, operator, parked }: { client: ApiClient; operator: Operator; parked: string }) {
  const [stream, ...more] = await operator.parkedStreams();
  assert.deepEqual(more, [], 'one is parked, once: its later commit waits');
  assert.deepEqual(
    { object: stream?.object, stream: stream?.stream, seq: stream?.seq, reason: stream?.reason },
    {
      object: 'parked_stream',
      stream: parked,
      seq: 3,
      reason: 'event payment.cancel_requested version 99 is not known to this version',
    },
  );
  assert.ok(Math.abs(Date.parse(stream?.since ?? '') - Date.now()) < 60_000);
  const read = await client.call<Problem>('GET', `/v1/payments/${parked}`);
  const captured = await client.call<Problem>('POST', `/v1/payments/${parked}/capture`, {
    headers: { 'content-type': 'application/json', 'idempotency-key': 'parked' },
    body: '{}',
  });
  for (const { status, body } of [read, captured]) {
    assert.equal(status, 503, JSON.stringify(body));
    assert.equal(body.safe_to_retry, true, 'a later version will answer');
  }
}

type Problem = { code: string; safe_to_retry: boolean };

async function assertVerified(what: string, { code, output }: { code: number | null; output: string }, line: RegExp) {
  assert.equal(code, 0, `${what}: ${output}`);
  assert.match(output, line);
  assert.match(output, /^provider {2}\d+ charges agree with its books/m);
}

function parkedRows(folder: string): number {
  const db = new DatabaseSync(join(folder, 'derived.sqlite'), { readOnly: true });
  try {
    return (db.prepare('SELECT count(*) AS rows FROM parked').get() as { rows: number }).rows;
  } finally {
    db.close();
  }
}

function ids(payments: readonly { id: string }[]): string[] {
  return payments.map((payment) => payment.id).sort();
}
