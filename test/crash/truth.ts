import assert from 'node:assert/strict';
import type { ApiClient, PaymentBody } from '../support/apiClient.ts';
import { findDifferences, readBooks } from '../support/books.ts';
import { until } from '../support/until.ts';
import type { ShownPayment } from '../support/wire.ts';
import type { Attempt } from './load.ts';

/** Time-out a second after the deadline, inquiry five seconds after that; and a machine may be slow. */
const DOUBT_TIMEOUT_MS = 30_000;
const CHECKS_AT_ONCE = 16;
/** What a failed call may have said: anything else was no effect of the crash. */
const FAILURES_ALLOWED =
  /^(?:409 idempotency_key_in_use|503 (?:undefined|storage_unavailable)|ECONNREFUSED|ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

/** Waits until nothing is open, then proves that every answer is still true and that the provider's books equal ours. */
export async function assertAllTrue({ client, attempts, simulatorUrl }: Truth): Promise<void> {
  await untilNoDoubt(client);
  await inBatches(attempts, (attempt) => assertAnswerHolds(client, attempt));
  await assertBooksEqual({ client, simulatorUrl, payments: attempts.length });
}

export type Truth = { client: ApiClient; attempts: readonly Attempt[]; simulatorUrl: string };

export async function untilNoDoubt(client: ApiClient): Promise<void> {
  await until(
    'every payment is out of processing and in_doubt',
    async () => (await client.listAll('processing')).length + (await client.listAll('in_doubt')).length === 0,
    DOUBT_TIMEOUT_MS,
  );
}

export async function assertBooksEqual({
  client,
  simulatorUrl,
  payments,
}: {
  client: ApiClient;
  simulatorUrl: string;
  payments: number;
}): Promise<void> {
  const ours = await until(
    `${payments} payments in the list`,
    async () => {
      const listed = await client.listAll();
      return listed.length === payments ? listed : null;
    },
    DOUBT_TIMEOUT_MS,
  );
  assert.deepEqual(findDifferences(await readBooks(simulatorUrl), ours), [], "the provider's books and ours");
}

/** The answer is fixed: whoever repeats the call gets it again, whatever became of the payment since. */
async function assertAnswerHolds(client: ApiClient, { request, answers, failures }: Attempt): Promise<void> {
  for (const failure of failures) assert.match(failure, FAILURES_ALLOWED, `a failed call for ${request.key}`);
  const again = await client.pay(request);
  assert.ok(
    again.status === 201 || again.status === 202,
    `${request.key} repeated answers ${again.status} ${again.body.code}`,
  );
  assert.ok(again.replayed, `${request.key} repeated is a replay`);
  for (const { status, body } of answers) {
    assert.equal(again.status, status, `the status that ${request.key} was answered with`);
    assert.deepEqual(again.body, body, `the payment that ${request.key} was answered with`);
  }
  assertFollows(await client.get(again.body.id), again.body);
}

/** What a payment may have become since an answer: doubt ends; what was certain stays. */
function assertFollows(now: ShownPayment, answered: PaymentBody): void {
  assert.ok(now.version >= answered.version, `${now.id} went back from version ${answered.version} to ${now.version}`);
  assert.deepEqual([now.amount, now.currency], [answered.amount, answered.currency]);
  switch (answered.status) {
    case 'in_doubt':
      assert.ok(
        ['succeeded', 'requires_payment_method'].includes(now.status),
        `${now.id} went from in_doubt to ${now.status}`,
      );
      break;
    case 'succeeded':
    case 'requires_payment_method':
    case 'failed':
      assert.deepEqual(now, answered, `${now.id} was final and changed`);
      break;
    case 'processing':
      assert.fail(`${now.id} was answered while it was still being sent`);
  }
}

async function inBatches<Item>(items: readonly Item[], check: (item: Item) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += CHECKS_AT_ONCE)
    await Promise.all(items.slice(start, start + CHECKS_AT_ONCE).map(check));
}
