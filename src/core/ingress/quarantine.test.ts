import assert from 'node:assert/strict';
import test from 'node:test';
import { createQuarantine } from './quarantine.ts';
import { bodyOf, createWorld, ours, pending } from './testKit.ts';

function start() {
  const world = createWorld();
  const { inbox, accounts, clock } = world;
  return { ...world, quarantine: createQuarantine({ inbox, accounts, clock }) };
}

async function hold(world: ReturnType<typeof start>) {
  await world.receive('"token":"tok_secret" and "note":"seen"');
  const { id } = await world.first();
  await world.inbox.quarantine(id, { attempts: 8, reason: 'payment_unknown' });
  return id;
}

test("an operator sees why, and the body masked by the provider's rules", async () => {
  const world = start();
  const id = await hold(world);
  const listed = await world.quarantine.list(null, 10);
  assert.deepEqual(listed.ok && listed.value, {
    items: [
      {
        id,
        provider: 'fake',
        account: 'acct_1',
        body: '"token":"***" and "note":"seen"',
        receivedAt: world.time.now,
        attempts: 8,
        reason: 'payment_unknown',
      },
    ],
    next: null,
  });
});

test('the body of a provider that is gone is not shown, nor one that is no text', async () => {
  const world = start();
  await hold(world);
  const { inbox, clock, accounts } = world;
  const orphaned = createQuarantine({ inbox, clock, accounts: { ...accounts, provider: () => null } });
  const listed = await orphaned.list(null, 10);
  assert.equal(listed.ok && listed.value.items[0]?.body, null);
  await inbox.receive({ id: 'x', provider: 'fake', account: 'acct_1', body: new Uint8Array([255]), receivedAt: 1 });
  await inbox.quarantine('x', { attempts: 1, reason: 'fault' });
  const shown = await world.quarantine.list(null, 1);
  assert.equal(shown.ok && shown.value.items[0]?.body, '');
});

test('a cursor that the list did not give is refused', async () => {
  const { quarantine } = start();
  assert.deepEqual(await quarantine.list('nonsense', 10), { ok: false, error: { code: 'cursor_invalid' } });
});

test('a retried item is worked on again; one that is not quarantined is not found', async () => {
  const world = start();
  const id = await hold(world);
  assert.equal((await world.quarantine.retry(id)).ok, true);
  assert.deepEqual(await world.stateOf(id), { waiting: 0 });
  assert.deepEqual(await world.quarantine.retry(id), { ok: false, error: { code: 'quarantined_item_not_found' } });
  await world.work();
  assert.deepEqual(await world.stateOf(id), { quarantined: 'not_understood', attempts: 1 });
});

test('what came before its payment can be retried once the payment is there', async () => {
  const world = start();
  await world.receive(bodyOf({ reference: ours(1), outcome: pending('a', 1) }));
  const { id } = await world.first();
  await world.inbox.quarantine(id, { attempts: 8, reason: 'payment_unknown' });
  await world.pay('silence');
  await world.quarantine.retry(id);
  await world.work();
  assert.equal(await world.stateOf(id), 'finished');
  assert.equal((await world.payment()).operations[0]?.outcome.status, 'pending');
});
