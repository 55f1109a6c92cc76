import assert from 'node:assert/strict';
import test from 'node:test';
import { createMemoryJournal } from '#core/journal/memory.ts';
import type { FeedItem } from '#core/journal/ports.ts';
import { createMemoryLedger } from '#core/ledger/memory.ts';
import type { LedgerStore } from '#core/ledger/ports.ts';
import { createLedgerProjection } from '#core/ledger/projection.ts';
import type { PaymentEvent } from '#core/payments/events.ts';
import { createHistories } from '#core/payments/history.ts';
import { createTestClock } from '#core/payments/platformFake.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';
import { createCommand, evidence, ID, planner, when } from '#core/payments/testKit.ts';
import { createFollowPayments } from './followPayments.ts';

const ledgerProjection = (ledger: LedgerStore) =>
  createLedgerProjection({
    ledger,
    parking: { has: () => false, park: () => assert.fail(), list: () => [] },
    clock: { now: () => 0 },
    log: { info: () => {}, error: () => {} },
  });

/** A payment of 1000, captured by its second commit; refunded by its third and fourth. */
const COMMITS: readonly (readonly PaymentEvent[])[] = [
  created(),
  [
    {
      type: 'operation.succeeded',
      operation: 1,
      amountMinor: 1000n,
      capturedMinor: 1000n,
      currency: 'EUR',
      evidence: evidence(),
    },
  ],
  [discovered(2, 300n)],
  [discovered(3, 200n)],
];

function created(): readonly PaymentEvent[] {
  const decision = when(null, createCommand({ capture: 'automatic' }), 1000, planner);
  return decision.ok ? decision.value : [];
}

function discovered(operation: number, amountMinor: bigint): PaymentEvent {
  return {
    type: 'operation.discovered',
    operation,
    kind: 'refund',
    amountMinor,
    currency: 'EUR',
    target: 1,
    provider: 'double',
    evidence: evidence(),
  };
}

/** The commits as they lie in the journal, and as a feed gives them: any of them, in any order, more than once. */
async function setUp() {
  const { journal, feed } = createMemoryJournal();
  let random = 0;
  const histories = createHistories({
    journal,
    clock: createTestClock(),
    random: { bytes: (count) => new Uint8Array(count).fill(random++) },
  });
  let history = await histories.load(ID);
  for (const events of COMMITS) {
    const appended = await histories.append(history, events, null);
    assert.notEqual(appended, 'conflict');
    if (appended !== 'conflict') history = appended;
  }
  const commits = (await feed.read(0, 10)).map(({ commit }) => commit);
  return { histories, commits };
}

/** Follows what `order` says, as commits at positions 1, 2, 3 …, until nobody has anything left to do. */
async function follow(order: readonly number[], projections: readonly PaymentProjection[], faults: unknown[] = []) {
  const { histories, commits } = await setUp();
  const items = order.map((seq, index): FeedItem => {
    const commit = commits[seq - 1];
    assert.ok(commit);
    return { position: index + 1, commit };
  });
  const feed = {
    // Two at a time, so that a batch ends in the middle of a stream.
    read: async (position: number) => items.slice(position, position + 2),
    head: () => items.length,
    subscribe: (listener: () => void) => {
      const timer = setInterval(listener, 1);
      return () => clearInterval(timer);
    },
  };
  const follower = createFollowPayments({
    feed,
    histories,
    projections,
    parking: { has: () => false, park: () => assert.fail(), list: () => [] },
    clock: { now: () => 0, monotonic: () => 0 },
    timers: { after, soon: (work) => void setImmediate(work) },
    log: { info: () => {}, error: (_, fields) => faults.push(fields) },
  });
  const ends = Date.now() + 5000;
  while (follower.lag() > 0 && Date.now() < ends) await new Promise((resolve) => setTimeout(resolve, 5));
  const lag = follower.lag();
  await follower.stop();
  return lag;
}

function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

async function balancesOf(ledger: LedgerStore) {
  const page = await ledger.accounts({ merchant: null, asOf: null, after: null, limit: 10 });
  return typeof page === 'string'
    ? page
    : page.accounts.map(({ account, debitMinor, creditMinor }) => [account, debitMinor, creditMinor]);
}

const POSTED = [
  ['merchant_payable:mer_1:EUR', 500n, 1000n],
  ['provider_receivable:mer_1:acct_1:EUR', 1000n, 500n],
];

const orders: Readonly<Record<string, readonly number[]>> = {
  'in the order of the stream': [1, 2, 3, 4],
  'with a gap that is filled later': [1, 3, 4, 2],
  'from the end to the beginning': [4, 3, 2, 1],
};
for (const [name, order] of Object.entries(orders)) {
  test(`every commit is posted once: ${name}`, async () => {
    const ledger = createMemoryLedger();
    assert.equal(await follow(order, [ledgerProjection(ledger)]), 0);
    assert.deepEqual(await balancesOf(ledger), POSTED);
  });
}

test('a ledger that is ahead of another projection posts nothing again, and one that is behind is caught up', async () => {
  const ledger = createMemoryLedger();
  await follow([1, 2], [ledgerProjection(ledger)]);
  const seen: number[] = [];
  let reached = 0;
  const other: PaymentProjection = {
    name: 'other',
    position: () => reached,
    save: (payments, position) => {
      reached = position;
      seen.push(...payments.map((payment) => payment.version));
    },
  };
  assert.equal(await follow([1, 2, 3, 4], [other, ledgerProjection(ledger)]), 0);
  assert.deepEqual(await balancesOf(ledger), POSTED);
  assert.deepEqual(seen, [2, 4]);
});

test('a projection that fails is tried again, and the others do not wait for it', async () => {
  const broken = createMemoryLedger();
  let failures = 1;
  let reachedByOther = 0;
  const failing: LedgerStore = {
    ...broken,
    append: async (batch) => {
      if (failures-- > 0) throw new Error('no');
      assert.equal(reachedByOther, 4, 'the other one is at the end by then');
      await broken.append(batch);
    },
  };
  const other: PaymentProjection = {
    name: 'other',
    position: () => reachedByOther,
    save: (_, position) => {
      reachedByOther = position;
    },
  };
  const faults: unknown[] = [];
  assert.equal(await follow([1, 2, 3, 4], [ledgerProjection(failing), other], faults), 0);
  assert.deepEqual(await balancesOf(broken), POSTED);
  assert.equal(faults.length, 1);
});
