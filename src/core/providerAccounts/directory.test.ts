import assert from 'node:assert/strict';
import test from 'node:test';
import { createMemoryDocuments } from '#core/documents/memory.ts';
import type { Documents } from '#core/documents/ports.ts';
import { Fault } from '#core/kit/fault.ts';
import type { MerchantAccounts } from '#core/payments/ports.ts';
import { DOUBTED_EVERY_MS, FRESH_MS, USED_UNREAD_MS } from './directory.ts';
import type { PutAccount } from './judgePut.ts';
import { createWorld, MAIN, RULES } from './testKit.ts';

const idsOf = ({ inOrder }: MerchantAccounts) => inOrder.map(({ account }) => account.id);
const keyOf = ({ inOrder }: MerchantAccounts) => inOrder[0]?.account.credentials['api_key']?.[0]?.reveal();

async function put(world: ReturnType<typeof createWorld>, changes: Partial<PutAccount> = {}): Promise<string> {
  const result = await world.manage.put({ ...MAIN, ...changes });
  assert.ok(result.ok, JSON.stringify(result));
  return result.value.account.id;
}

test('a merchant without accounts has the shared one; with its own, that one only by its name', async () => {
  const world = createWorld();
  assert.deepEqual(idsOf(await world.here.of('mer_1')), ['shared']);
  const id = await put(world);
  const own = await world.here.of('mer_1');
  assert.deepEqual([idsOf(own), own.onlyNamed.map(({ account }) => account.id)], [[id], ['shared']]);
  for (const name of [id, 'main', 'shared']) assert.ok(own.find(name), name);
  assert.equal(own.find('spare'), null);
});

test('whoever has switched off its accounts pays nowhere else; once they are deleted, as if there had been none', async () => {
  const world = createWorld();
  const id = await put(world, { enabled: false });
  assert.deepEqual(idsOf(await world.here.of('mer_1')), []);
  await world.manage.remove('mer_1', 'main');
  const own = await world.here.of('mer_1');
  assert.deepEqual(idsOf(own), ['shared']);
  assert.equal(own.find(id)?.account.id, id, 'what was sent through it is followed up');
});

test('accounts of others are not found among one’s own, and by id by whoever only knows the id', async () => {
  const world = createWorld();
  const theirs = await put(world, { merchant: 'mer_2' });
  assert.equal((await world.here.of('mer_1')).find(theirs), null);
  assert.equal((await world.elsewhere.find(theirs))?.account.id, theirs);
  assert.equal((await world.here.find('shared'))?.account.id, 'shared');
  for (const none of ['main', 'pa_', `pa_${'0'.repeat(32)}`]) assert.equal(await world.here.find(none), null);
});

test('a thousand lookups cost one read, and what is sealed is opened once', async () => {
  const world = createWorld();
  await put(world);
  const { lists } = world.reads;
  const opened = world.sealer.opened();
  await Promise.all(Array.from({ length: 500 }, () => world.elsewhere.of('mer_1')));
  for (let count = 0; count < 500; count += 1) await world.elsewhere.of('mer_1');
  assert.equal(world.reads.lists, lists + 1);
  world.time.now += FRESH_MS;
  await world.elsewhere.of('mer_1');
  assert.equal(world.reads.lists, lists + 2);
  assert.equal(world.sealer.opened(), opened + 1);
});

test('a rotation is seen here at once, and elsewhere within seconds, or as soon as the provider refuses the old one', async () => {
  const world = createWorld();
  const id = await put(world);
  for (const directory of [world.here, world.elsewhere]) assert.equal(keyOf(await directory.of('mer_1')), 'sk_first');
  await put(world, { credentials: { api_key: 'sk_second' } });
  assert.equal(keyOf(await world.here.of('mer_1')), 'sk_second');
  assert.equal(keyOf(await world.elsewhere.of('mer_1')), 'sk_first');
  world.time.now += FRESH_MS;
  assert.equal(keyOf(await world.elsewhere.of('mer_1')), 'sk_second');
  await put(world, { credentials: { api_key: 'sk_third' } });
  world.elsewhere.doubt(id);
  assert.equal(keyOf(await world.elsewhere.of('mer_1')), 'sk_second', 'not more often than this');
  world.time.now += DOUBTED_EVERY_MS;
  world.elsewhere.doubt('pa_nobody');
  assert.equal(keyOf(await world.elsewhere.of('mer_1')), 'sk_second');
  world.elsewhere.doubt(id);
  assert.equal(keyOf(await world.elsewhere.of('mer_1')), 'sk_third');
});

test('a former secret stops being good by time alone', async () => {
  const world = createWorld();
  await put(world);
  await put(world, { credentials: { webhook_secret: 'whsec_second' } });
  const live = async () =>
    (await world.here.of('mer_1')).inOrder[0]?.account.credentials['webhook_secret']?.map((each) => each.reveal());
  assert.deepEqual(await live(), ['whsec_second', 'whsec_first']);
  world.time.now += MAIN.overlapMs;
  assert.deepEqual(await live(), ['whsec_second']);
});

test('a reading that began before a change does not outlive it', async () => {
  const documents = createMemoryDocuments();
  const held: (() => void)[] = [];
  let hold = false;
  const slow: Documents = {
    ...documents,
    list: async (...of) => {
      const page = await documents.list(...of);
      if (hold) await new Promise<void>((resolve) => held.push(resolve));
      return page;
    },
  };
  const world = createWorld({ documents: slow });
  await put(world);
  hold = true;
  const early = world.here.of('mer_1');
  await new Promise(setImmediate);
  hold = false;
  await put(world, { credentials: { api_key: 'sk_second' } });
  assert.equal(keyOf(await world.here.of('mer_1')), 'sk_second');
  for (const release of held) release();
  assert.equal(keyOf(await early), 'sk_first');
  const { lists } = world.reads;
  assert.equal(keyOf(await world.here.of('mer_1')), 'sk_second');
  assert.equal(world.reads.lists, lists, 'what was read later is still known');
});

test('credentials that are moved into the place of another account’s are not opened there', async () => {
  const world = createWorld();
  await put(world);
  await put(world, { name: 'also' });
  const theirs = await put(world, { merchant: 'mer_2' });
  const stored = await world.store.get({ merchant: 'mer_2', name: 'main' });
  assert.ok(stored);
  for (const from of ['main', 'also'].map((name) => ({ merchant: 'mer_1', name }))) {
    const other = await world.store.get(from);
    const { version } = (await world.store.get({ merchant: 'mer_2', name: 'main' })) ?? stored;
    await world.store.put('mer_2', { ...stored, version, sealed: other?.sealed ?? '' });
    world.elsewhere.changed('mer_2');
    assert.equal((await world.elsewhere.of('mer_2')).find(theirs), null);
  }
});

test('while the storage is away the last that was known is used for a while, and said', async () => {
  const documents = createMemoryDocuments();
  let isAway = false;
  const world = createWorld({
    documents: {
      ...documents,
      list: async (...of) => {
        if (isAway) throw new Fault('storage_io', 'away', { retryable: true });
        return await documents.list(...of);
      },
    },
  });
  await put(world);
  await world.here.of('mer_1');
  isAway = true;
  world.time.now += FRESH_MS;
  assert.equal(keyOf(await world.here.of('mer_1')), 'sk_first');
  assert.deepEqual(world.told, ['provider accounts could not be read anew']);
  await assert.rejects(world.here.of('mer_2'), { code: 'storage_io' });
  world.time.now += USED_UNREAD_MS;
  await assert.rejects(world.here.of('mer_1'), { code: 'storage_io' });
  isAway = false;
  assert.equal(keyOf(await world.here.of('mer_1')), 'sk_first');
});

test('an account that can not be opened, or whose provider this version lacks, leaves the others', async () => {
  const world = createWorld();
  const damaged = await put(world, { name: 'damaged' });
  const good = await put(world);
  const stored = await world.store.get({ merchant: 'mer_1', name: 'damaged' });
  assert.ok(stored);
  await world.store.put('mer_1', { ...stored, sealed: 'damaged' });
  const own = await world.elsewhere.of('mer_1');
  assert.deepEqual([idsOf(own), own.find(damaged)], [[good], null]);
  assert.deepEqual(world.told, ['a provider account could not be opened']);
  const older = createWorld({ documents: world.documents, rules: { ...RULES, providers: [] } });
  assert.deepEqual(idsOf(await older.here.of('mer_1')), []);
  assert.ok(older.told.includes('a provider account can not be used by this version'));
});

test('webhooks without an account’s name are the shared one’s; providers are found by name', () => {
  const { here } = createWorld();
  assert.deepEqual(
    here.unnamed('remote').map(({ account }) => account.id),
    ['shared'],
  );
  assert.deepEqual(here.unnamed('nowhere'), []);
  assert.deepEqual([here.provider('remote')?.name, here.provider('unheard_of')], ['remote', null]);
});

test('since when requests bear other keys than the first; what checks signatures is none of them', async () => {
  const world = createWorld();
  await put(world);
  const changedAt = async () => (await world.here.of('mer_1')).inOrder[0]?.account.keysChangedAt;
  world.time.now += 1000;
  await put(world, { credentials: { webhook_secret: 'whsec_second' }, priority: 7 });
  assert.equal(await changedAt(), undefined);
  await put(world, { credentials: { api_key: 'sk_second' } });
  const { now } = world.time;
  assert.equal(await changedAt(), now);
  world.time.now += 1000;
  await put(world, { credentials: { api_key: 'sk_second' } });
  assert.equal(await changedAt(), now, 'the same again changes nothing');
});

test('while nothing can be opened, what is known is used, and no payment goes to another account', async () => {
  const world = createWorld();
  const id = await put(world);
  await put(world, { name: 'second', priority: 200 });
  const { open } = world.sealer;
  const isAway = new Fault('keys_away', 'no answer', { retryable: true });
  await world.here.of('mer_1');
  await put(world, { credentials: { api_key: 'sk_second' } });
  world.sealer.open = async () => await Promise.reject(isAway);
  assert.equal(idsOf(await world.here.of('mer_1'))[0], id);
  await assert.rejects(world.elsewhere.of('mer_1'), isAway, 'one that knows nothing yet');
  world.sealer.open = open;
  assert.equal(keyOf(await world.here.of('mer_1')), 'sk_second');
});
