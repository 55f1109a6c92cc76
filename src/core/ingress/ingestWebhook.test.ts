import assert from 'node:assert/strict';
import test from 'node:test';
import { Fault } from '#core/kit/fault.ts';
import type { WebhookNotice } from '#core/provider/port.ts';
import { createIngestWebhook } from './ingestWebhook.ts';
import type { InboxItem } from './ports.ts';
import {
  ANOTHERS,
  bodyOf,
  createWorld,
  failed,
  OTHER_NEWS,
  ours,
  PAYMENT,
  POISON,
  pending,
  succeeded,
  type World,
} from './testKit.ts';

const HOUR_MS = 3_600_000;
const RETRIES_MS = [5000, 30_000, 120_000, 600_000, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

async function statuses({ payment }: World): Promise<readonly string[]> {
  return (await payment()).operations.map(({ kind, outcome }) => `${kind} ${outcome.status}`);
}

test('what is not about a payment is finished and changes nothing', async () => {
  const world = createWorld();
  assert.equal(await world.tell(OTHER_NEWS), 'finished');
});

test('what is genuine and not understood is shown to an operator at once, and read again on request', async () => {
  for (const body of ['', 'hello', '[]', '\ufeff']) {
    const world = createWorld();
    assert.deepEqual(await world.tell(body), { quarantined: 'not_understood', attempts: 1 });
    assert.deepEqual(world.logged, ['a webhook was quarantined']);
    await world.inbox.forget(Number.MAX_SAFE_INTEGER, 100);
    assert.equal((await world.inbox.counts()).quarantined, 1, 'it is never dropped');
  }
});

test('an operation is found by our own reference, and told', async () => {
  const world = createWorld();
  await world.pay('silence');
  assert.deepEqual(await statuses(world), ['authorize unknown']);
  assert.equal(await world.tell({ reference: ours(1), outcome: succeeded('auth_1', 1) }), 'finished');
  assert.deepEqual(await statuses(world), ['authorize succeeded']);
  const { claims } = (await world.payment()).operations[0] ?? assert.fail();
  assert.deepEqual([claims.moved?.source, claims.moved?.account], ['webhook', 'acct_1']);
  assert.match(claims.moved?.rawHash ?? '', /^[\w-]{43}$/);
});

test('what happened at another account of the provider is no evidence, though the same secret signed it', async () => {
  const world = createWorld();
  await world.pay('silence');
  const forged = { id: ANOTHERS, reference: ours(1), outcome: succeeded('auth_1', 1) };
  assert.equal(await world.tell(forged), 'finished');
  assert.deepEqual(await statuses(world), ['authorize unknown']);
});

test("a refund's own name for an operation is as good", async () => {
  const world = createWorld();
  await world.pay();
  await world.change({ type: 'refund', amountMinor: null, reason: null }, 'silence');
  const reference = ours(2).replace('op_', 'ref_');
  assert.equal(await world.tell({ reference, kind: 'refund', outcome: succeeded('re_1', 1) }), 'finished');
  assert.deepEqual(await statuses(world), ['authorize succeeded', 'refund succeeded']);
});

test('the same again adds nothing', async () => {
  const world = createWorld();
  const { version } = await world.pay();
  for (const id of ['evt_1', 'evt_2']) await world.tell({ id, reference: ours(1), outcome: succeeded('auth_1', 1) });
  assert.equal((await world.payment()).version, version);
});

test('a late success and a decline commute', async () => {
  for (const order of [
    [1, 2],
    [2, 1],
  ]) {
    const world = createWorld();
    await world.pay('silence');
    for (const version of order)
      await world.tell({
        id: `evt_${version}`,
        reference: ours(1),
        outcome: version === 1 ? failed('declined', 'auth_1', 1) : succeeded('auth_1', 2),
      });
    assert.deepEqual(await statuses(world), ['authorize succeeded']);
  }
});

test('without our reference an operation is found by the one that its provider gave it', async () => {
  const world = createWorld();
  await world.pay(pending('auth_1', 1));
  assert.equal(await world.tell({ payment: PAYMENT, outcome: succeeded('auth_1', 2) }), 'finished');
  assert.deepEqual(await statuses(world), ['authorize succeeded']);
});

test('where nothing of ours is echoed, the payment is found by kept references: its own or the authorisation', async () => {
  const world = createWorld({ echoes: false });
  const payment = await world.pay(pending('auth_1', 1));
  const told = { outcome: succeeded('auth_1', 2) };
  assert.deepEqual(await world.tell(told), { waiting: 1 });
  await world.references.projection.save([payment], 1, []);
  world.time.now += 5000;
  await world.work();
  assert.deepEqual(await statuses(world), ['authorize succeeded']);
  const refund = { id: 'evt_2', kind: 'refund', targetReference: 'auth_1', outcome: succeeded('re_1', 1) } as const;
  assert.equal(await world.tell(refund), 'finished');
  assert.deepEqual(await statuses(world), ['authorize succeeded', 'refund succeeded']);
});

test("what the provider echoes as our payment, and isn't one of ours, doesn't hide the reference that is known", async () => {
  const world = createWorld({ echoes: false });
  await world.references.projection.save([await world.pay(pending('auth_1', 1))], 1, []);
  assert.equal(await world.tell({ payment: 'order-7', outcome: succeeded('auth_1', 2) }), 'finished');
  assert.deepEqual(await statuses(world), ['authorize succeeded']);
});

test('the inbox keeps what became of it', async () => {
  const world = createWorld();
  await world.pay('silence');
  const results: string[] = [];
  const finish: typeof world.inbox.finish = async (id, result) => {
    results.push(result);
    await world.inbox.finish(id, result);
  };
  const { ingest } = createIngestWebhook({ ...world.ingestDeps, inbox: { ...world.inbox, finish } });
  const outcome = succeeded('auth_1', 1);
  for (const body of [OTHER_NEWS, ...['e1', 'e2'].map((id) => bodyOf({ id, reference: ours(1), outcome }))]) {
    await world.receive(body);
    await ingest(await world.first());
  }
  assert.deepEqual(results, ['ignored', 'applied', 'no_change']);
});

test('of a payment that is not known yet it waits, ever longer, and is then shown to an operator', async () => {
  const world = createWorld();
  const told = { reference: ours(1), outcome: succeeded('auth_1', 1) };
  let state = await world.tell(told);
  for (const [index, waitMs] of RETRIES_MS.entries()) {
    assert.deepEqual(state, { waiting: index + 1 });
    world.time.now += waitMs - 1;
    await world.work();
    world.time.now += 1;
    state = await world.tell(told);
  }
  assert.deepEqual(state, { quarantined: 'payment_unknown', attempts: 8 });
  assert.deepEqual(world.logged, ['a webhook was quarantined']);
});

test('nothing that it names is a payment of ours: the same', async () => {
  for (const payment of [null, 'pay_short', '../journal'])
    assert.deepEqual(await createWorld().tell({ payment, outcome: succeeded(null, 1) }), { waiting: 1 });
});

test('a payment that comes later is found by the next attempt', async () => {
  const world = createWorld();
  assert.deepEqual(await world.tell({ reference: ours(1), outcome: succeeded('auth_1', 1) }), { waiting: 1 });
  await world.pay('silence');
  world.time.now += 5000;
  await world.work();
  assert.deepEqual(await statuses(world), ['authorize succeeded']);
});

test("an operation number that the payment doesn't have yet is waited for", async () => {
  const world = createWorld();
  await world.pay();
  const told = { reference: ours(2), kind: 'refund', outcome: succeeded('re_1', 1) } as const;
  assert.deepEqual(await world.tell(told), { waiting: 1 });
  await world.change({ type: 'refund', amountMinor: null, reason: null }, 'silence');
  world.time.now += 5000;
  await world.work();
  assert.deepEqual(await statuses(world), ['authorize succeeded', 'refund succeeded']);
});

const REFUSED: readonly { name: string; reason: string; tell: (world: World) => ReturnType<World['tell']> }[] = [
  {
    name: 'of another account, by our reference',
    reason: 'account_mismatch',
    tell: ({ tell }) => tell({ reference: ours(1), outcome: succeeded('auth_1', 2) }, { account: 'acct_2' }),
  },
  {
    name: 'of another account, by our payment',
    reason: 'account_mismatch',
    tell: ({ tell }) => tell({ payment: PAYMENT, outcome: succeeded('auth_1', 2) }, { account: 'acct_2' }),
  },
  {
    name: "with another provider's reference than the operation's",
    reason: 'reference_mismatch',
    tell: ({ tell }) => tell({ reference: ours(1), outcome: succeeded('auth_other', 2) }),
  },
  {
    name: 'of another kind than the operation',
    reason: 'kind_mismatch',
    tell: ({ tell }) => tell({ reference: ours(1), kind: 'refund', outcome: succeeded('re_1', 1) }),
  },
  {
    name: 'with an outcome that the adapter has no word for',
    reason: 'outcome_unknown',
    tell: ({ tell }) => tell({ reference: ours(1), outcome: { outcome: 'unknown', reason: 'status novel' } }),
  },
  {
    name: 'of money that moved elsewhere, without saying how much',
    reason: 'amount_missing',
    tell: ({ tell }) =>
      tell({
        payment: PAYMENT,
        kind: 'refund',
        targetReference: 'auth_1',
        outcome: { ...succeeded('re_1', 1), amountMinor: null },
      }),
  },
];

for (const { name, reason, tell } of REFUSED) {
  test(`a webhook ${name} is quarantined at once`, async () => {
    const world = createWorld();
    const { version } = await world.pay();
    assert.deepEqual(await tell(world), { quarantined: reason, attempts: 1 });
    assert.equal((await world.payment()).version, version);
  });
}

const refundOf = (id: string, outcome: ReturnType<typeof succeeded | typeof failed>, of = 'auth_1') =>
  ({ id, payment: PAYMENT, kind: 'refund', targetReference: of, outcome }) as const;

test('a refund made in the dashboard is discovered once, and what comes of it is told to it', async () => {
  const world = createWorld();
  await world.pay();
  assert.equal(await world.tell(refundOf('evt_1', succeeded('re_1', 1))), 'finished');
  assert.equal(await world.tell(refundOf('evt_2', succeeded('re_1', 1))), 'finished');
  assert.deepEqual(await statuses(world), ['authorize succeeded', 'refund succeeded']);
  assert.equal((await world.payment()).conflicts[0]?.reason, 'refund_discovered');
  assert.equal(await world.tell(refundOf('evt_3', failed('reversed', 're_1', 2))), 'finished');
  assert.deepEqual(await statuses(world), ['authorize succeeded', 'refund reversed']);
});

test('so is a capture, even when it carries a reference of somebody else', async () => {
  const world = createWorld();
  await world.pay();
  const told = { ...refundOf('evt_1', succeeded('cap_1', 1)), kind: 'capture', reference: 'order 7' } as const;
  assert.equal(await world.tell(told), 'finished');
  assert.deepEqual(await statuses(world), ['authorize succeeded', 'capture succeeded']);
});

test('a failure that overtook the success that it ends waits for it', async () => {
  const world = createWorld();
  await world.pay();
  assert.deepEqual(await world.tell(refundOf('evt_2', failed('reversed', 're_1', 2))), { waiting: 1 });
  assert.equal(await world.tell(refundOf('evt_1', succeeded('re_1', 1))), 'finished');
  world.time.now += 5000;
  await world.work();
  assert.deepEqual(await statuses(world), ['authorize succeeded', 'refund reversed']);
});

test('what is not done yet elsewhere is no fact yet', async () => {
  const world = createWorld();
  await world.pay();
  assert.equal(
    await world.tell({ ...refundOf('evt_1', succeeded('re_1', 1)), outcome: pending('re_1', 1) }),
    'finished',
  );
  assert.deepEqual(await statuses(world), ['authorize succeeded']);
});

test('of an authorisation that we do not know by its reference yet, nothing is discovered', async () => {
  const world = createWorld();
  await world.pay('silence');
  assert.deepEqual(await world.tell(refundOf('evt_1', succeeded('re_1', 1))), { waiting: 1 });
  await world.tell({ id: 'evt_0', reference: ours(1), outcome: succeeded('auth_1', 1) });
  world.time.now += 5000;
  await world.work();
  assert.deepEqual(await statuses(world), ['authorize succeeded', 'refund succeeded']);
});

test('a second authorisation that nobody asked for ends in front of an operator', async () => {
  const world = createWorld();
  await world.pay();
  const told = { payment: PAYMENT, outcome: succeeded('auth_2', 1) };
  let state = await world.tell(told);
  for (const waitMs of RETRIES_MS) {
    world.time.now += waitMs;
    state = await world.tell(told);
  }
  assert.deepEqual(state, { quarantined: 'operation_unknown', attempts: 8 });
});

test('where references are not echoed, a refund of ours without its reply is not taken for one from the dashboard', async () => {
  const world = createWorld({ echoes: false });
  await world.pay();
  await world.change({ type: 'refund', amountMinor: 400n, reason: null }, 'silence');
  const told = refundOf('evt_1', succeeded('re_1', 1));
  assert.deepEqual(await world.tell(told), { waiting: 1 });
  assert.deepEqual(await statuses(world), ['authorize succeeded', 'refund unknown']);
  const observation = {
    kind: 'told',
    outcome: { ...succeeded('re_1', 1), amountMinor: 400n },
    proof: { source: 'reply', account: 'acct_1', rawHash: '' },
  } as const;
  await world.change({ type: 'observe', operation: 2, observation });
  world.time.now += 5000;
  await world.work();
  assert.equal(await world.tell(told), 'finished');
  assert.equal((await world.payment()).operations.length, 2);
});

test('whatever is thrown is tried again, and in the end shown', async () => {
  const world = createWorld();
  await world.pay();
  assert.deepEqual(await world.tell(POISON), { waiting: 1 });
  assert.deepEqual(world.logged, ['a webhook could not be worked on']);
  for (const waitMs of RETRIES_MS) {
    world.time.now += waitMs;
    await world.work();
  }
  const page = await world.inbox.quarantined(null, 1);
  assert.equal(page !== 'cursor_invalid' && page.items[0]?.reason, 'fault');
});

test('an account that is no longer connected, and a journal that fails, are waited for', async () => {
  const world = createWorld();
  await world.pay();
  await world.receive('{"id":"e"}');
  const gone = createIngestWebhook({ ...world.ingestDeps, accounts: { ...world.accounts, find: async () => null } });
  await gone.ingest(await world.first());
  assert.equal((await world.first()).attempts, 1);
  const load = async () => {
    throw new Fault('storage_io', 'no', { retryable: true });
  };
  const broken = createIngestWebhook({ ...world.ingestDeps, histories: { ...world.histories, load } });
  await broken.ingest(await world.first());
  assert.equal((await world.first()).attempts, 2);
});

test('an inbox that cannot be written is the caller’s to know', async () => {
  const world = createWorld();
  await world.receive(OTHER_NEWS);
  const finish = async () => {
    throw new Fault('storage_full', 'no', { retryable: false });
  };
  const broken = createIngestWebhook({ ...world.ingestDeps, inbox: { ...world.inbox, finish } });
  await assert.rejects(broken.ingest(await world.first()), /no/);
});

/** A perform whose first `losses` appends are lost to another writer. */
function contended({ ingestDeps }: World, losses: number, meanwhile: () => Promise<unknown> = async () => {}) {
  let lost = 0;
  const attempt: typeof ingestDeps.perform.attempt = async (...args) => {
    if (lost >= losses) return await ingestDeps.perform.attempt(...args);
    lost += 1;
    await meanwhile();
    return 'conflict';
  };
  return createIngestWebhook({ ...ingestDeps, perform: { ...ingestDeps.perform, attempt } });
}

test('who loses the race looks again, and does not discover what the other has just discovered', async () => {
  const world = createWorld();
  await world.pay();
  await world.receive(bodyOf(refundOf('evt_1', succeeded('re_1', 1))));
  const item = await world.first();
  const proof = { source: 'webhook', account: 'acct_1', rawHash: '' } as const;
  const rival = () =>
    world.change({ type: 'discover', kind: 'refund', target: 1, outcome: succeeded('re_1', 1), proof });
  await contended(world, 1, rival).ingest(item);
  assert.equal((await world.payment()).operations.length, 2);
  assert.equal(await world.stateOf(item.id), 'finished');
});

test('who always loses tries again later', async () => {
  const world = createWorld();
  await world.pay('silence');
  await world.receive(bodyOf({ reference: ours(1), outcome: pending('a', 1) }));
  const item = await world.first();
  await contended(world, 16).ingest(item);
  assert.deepEqual(await world.stateOf(item.id), { waiting: 1 });
});

test('a refusal that no rule here foresees is waited out', async () => {
  const world = createWorld();
  await world.pay();
  const attempt: typeof world.ingestDeps.perform.attempt = async () => ({ ok: false, error: { code: 'no_conflict' } });
  await world.receive(bodyOf({ reference: ours(1), outcome: pending('a', 1) }));
  const item = await world.first();
  const { ingestDeps } = world;
  await createIngestWebhook({ ...ingestDeps, perform: { ...ingestDeps.perform, attempt } }).ingest(item);
  assert.deepEqual(await world.stateOf(item.id), { waiting: 1 });
});

test('items about one payment share a lane, as far as they tell', () => {
  const { ingestDeps } = createWorld();
  const { laneOf } = createIngestWebhook(ingestDeps);
  const lane = (notice: Partial<WebhookNotice> | string, account = 'acct_1', provider = 'fake') => {
    const body = typeof notice === 'string' ? notice : bodyOf(notice);
    const item: InboxItem = { id: 'i', provider, account, body: Buffer.from(body), receivedAt: 1, attempts: 0 };
    return laneOf(item);
  };
  assert.equal(lane({ reference: ours(2), outcome: pending('x', 1) }), PAYMENT);
  assert.equal(lane({ payment: PAYMENT, outcome: pending('x', 1) }), PAYMENT);
  const authorization = lane({ outcome: pending('auth_1', 1) });
  assert.equal(lane({ targetReference: 'auth_1', outcome: pending('re_1', 1) }), authorization);
  assert.notEqual(lane({ outcome: pending('auth_1', 1) }, 'acct_2'), authorization);
  for (const alone of [{}, 'nothing', POISON]) assert.equal(lane(alone), 'i');
  assert.equal(lane('{}', 'acct_1', 'gone'), 'i');
});
