import assert from 'node:assert/strict';
import test from 'node:test';
import { createMemoryDocuments } from '#core/documents/memory.ts';
import { Fault } from '#core/kit/fault.ts';
import type { PutAccount } from './judgePut.ts';
import { createWorld, MAIN, RULES } from './testKit.ts';

const other: PutAccount = { ...MAIN, name: 'spare', priority: 50 };

async function put(world: ReturnType<typeof createWorld>, changes: Partial<PutAccount> = {}) {
  const result = await world.manage.put({ ...MAIN, ...changes });
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

test('an account is made once under its name, and made again it is the same', async () => {
  const world = createWorld();
  const { account, created } = await put(world);
  assert.match(account.id, /^pa_[0-9a-z]{32}$/);
  assert.equal(created, true);
  world.time.now += 1000;
  const again = await put(world);
  assert.deepEqual([again.created, again.account.updatedAt], [false, account.updatedAt]);
  assert.deepEqual(await world.manage.get('mer_1', account.id), await world.manage.get('mer_1', 'main'));
});

test('no stored record and no answer holds a credential', async () => {
  const world = createWorld();
  const { account } = await put(world);
  const stored = JSON.stringify([account, await world.documents.get('provider_accounts/mer_1', 'main')]);
  for (const value of ['sk_first', 'whsec_first']) assert.ok(!stored.includes(value));
});

test('the same name of another merchant is another account, and neither finds the other’s', async () => {
  const world = createWorld();
  const mine = await put(world);
  const theirs = await put(world, { merchant: 'mer_2' });
  assert.notEqual(mine.account.id, theirs.account.id);
  assert.equal(await world.manage.get('mer_1', theirs.account.id), null);
  assert.equal(await world.manage.remove('mer_1', theirs.account.id), null);
  assert.equal((await world.manage.get('mer_2', 'main'))?.status, 'enabled');
});

test('a change keeps what was not told: credentials that are there, settings, the time of creation', async () => {
  const world = createWorld();
  const { account: before } = await put(world);
  world.time.now += 1000;
  const { account } = await put(world, { credentials: {}, enabled: false, priority: 1 });
  const { status, priority, updatedAt } = account;
  assert.deepEqual([status, priority, updatedAt], ['disabled', 1, before.createdAt + 1000]);
  assert.deepEqual([account.sealed, account.credentialsSetAt], [before.sealed, before.credentialsSetAt]);
  assert.deepEqual([account.createdAt, account.settings], [before.createdAt, { region: 'eu' }]);
});

test('what is refused, and where', async () => {
  const pointersOf = async (changes: Partial<PutAccount>, world = createWorld()) => {
    const result = await world.manage.put({ ...MAIN, ...changes });
    if (result.ok) return ['accepted'];
    const { error } = result;
    return [error.code, ...('problems' in error ? error.problems.map(({ pointer }) => pointer) : [])];
  };
  const invalid = 'provider_account_invalid';
  assert.deepEqual(await pointersOf({ provider: 'unheard_of' }), [invalid, '/provider']);
  assert.deepEqual(await pointersOf({ credentials: {} }), [invalid, '/credentials/api_key']);
  assert.deepEqual(await pointersOf({ credentials: { api_key: 'no', x: 'y' } }), [
    invalid,
    '/credentials/x',
    '/credentials/api_key',
  ]);
  assert.deepEqual(await pointersOf({ settings: { region: 'europe' } }), [invalid, '/settings/region']);
  assert.deepEqual(await pointersOf({ provider: 'nowhere' }), [invalid, '/base_url']);
  assert.deepEqual(await pointersOf({ provider: 'nowhere', baseUrl: 'http://127.0.0.1:9' }), ['accepted']);
  for (const baseUrl of [
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://127.0.0.1:9/',
    'http://127.0.0.1:9/path',
    'http://user@127.0.0.1:9',
    'http://127.0.0.1.example',
    'file:///etc/passwd',
    'nonsense',
  ])
    assert.deepEqual(await pointersOf({ baseUrl }), [invalid, '/base_url'], baseUrl);
  assert.deepEqual(await pointersOf({ name: 'shared' }), ['provider_account_reserved']);
  const world = createWorld();
  await put(world);
  const fixed = 'provider_account_fixed';
  assert.deepEqual(await pointersOf({ provider: 'nowhere' }, world), [fixed, '/provider']);
  assert.deepEqual(await pointersOf({ settings: { region: 'us' } }, world), [fixed, '/settings/region']);
  assert.deepEqual(await pointersOf({ settings: {} }, world), ['accepted']);
});

test('what was not told of a change stays: off, its place, its address', async () => {
  const world = createWorld();
  const told = { enabled: false, priority: 7, baseUrl: 'http://127.0.0.1:9' };
  await put(world, told);
  const { account } = await put(world, { credentials: { api_key: 'sk_second' } });
  assert.deepEqual([account.status, account.priority, account.baseUrl], ['disabled', 7, told.baseUrl]);
  const { account: back } = await put(world, { credentials: {}, enabled: true, baseUrl: null });
  assert.deepEqual([back.status, back.priority, back.baseUrl], ['enabled', 7, null]);
  await world.manage.remove('mer_1', 'main');
  assert.equal((await put(world)).account.status, 'enabled', 'one that is put again after it was deleted is on');
});

test('a setting that says how the contract is used may change', async () => {
  const world = createWorld();
  const { account: before } = await put(world);
  const { account } = await put(world, { settings: { note: 'fast' } });
  assert.deepEqual([account.settings, account.sealed], [{ note: 'fast', region: 'eu' }, before.sealed]);
  assert.deepEqual((await put(world, { credentials: {} })).account.settings, account.settings);
  assert.deepEqual((await put(world, { settings: {} })).account.settings, { region: 'eu' });
});

test('a deleted account is not listed, is still found, and takes new credentials under the same id', async () => {
  const world = createWorld();
  const { account } = await put(world);
  await put(world, other);
  assert.equal((await world.manage.remove('mer_1', account.id))?.status, 'deleted');
  assert.equal((await world.manage.remove('mer_1', 'main'))?.status, 'deleted');
  assert.deepEqual(
    (await world.manage.list('mer_1')).map(({ name }) => name),
    ['spare'],
  );
  assert.equal((await world.manage.get('mer_1', account.id))?.status, 'deleted');
  assert.equal(await world.manage.remove('mer_1', 'never_was'), null);
  const without = await world.manage.put({ ...MAIN, credentials: {} });
  assert.equal(without.ok ? 'accepted' : without.error.code, 'provider_account_invalid');
  const again = await put(world, { credentials: { api_key: 'sk_second' } });
  assert.deepEqual([again.created, again.account.id, again.account.status], [true, account.id, 'enabled']);
});

test('accounts are listed by priority, then by age', async () => {
  const world = createWorld();
  await put(world);
  world.time.now += 1;
  await put(world, { name: 'a_younger' });
  await put(world, other);
  const names = (await world.manage.list('mer_1')).map(({ name }) => name);
  assert.deepEqual(names, ['spare', 'main', 'a_younger']);
});

test('a merchant has a hundred accounts and no more', async () => {
  const world = createWorld();
  for (let count = 0; count < 100; count += 1) await put(world, { name: `a${count}` });
  const result = await world.manage.put(MAIN);
  assert.equal(result.ok ? 'accepted' : result.error.code, 'provider_accounts_too_many');
  assert.equal((await put(world, { name: 'a0', enabled: false })).account.status, 'disabled');
});

test('two changes at once: both take effect, one after the other', async () => {
  const world = createWorld();
  await put(world);
  await Promise.all([
    put(world, { credentials: { api_key: 'sk_second' } }),
    put(world, { credentials: { webhook_secret: 'whsec_second' } }),
  ]);
  const [way] = (await world.elsewhere.of('mer_1')).inOrder;
  const revealed = Object.values(way?.account.credentials ?? {}).map((values) => values.map((each) => each.reveal()));
  assert.deepEqual(revealed, [['sk_second'], ['whsec_second', 'whsec_first']]);
});

test('a death between the two writes leaves an owner without an account, which is nothing, and the next put is whole', async () => {
  const documents = createMemoryDocuments();
  const world = createWorld({
    documents: {
      ...documents,
      put: async (collection, key, change) => {
        if (collection === 'provider_accounts/mer_1') throw new Fault('storage_io', 'gone', { retryable: true });
        return await documents.put(collection, key, change);
      },
    },
  });
  await assert.rejects(world.manage.put(MAIN), { code: 'storage_io' });
  const after = createWorld({ documents });
  const claimed = (await documents.list('provider_account_owners', { prefix: '', after: null, limit: 9 })).documents;
  assert.equal(claimed.length, 1);
  assert.equal(await after.here.find(claimed[0]?.key ?? ''), null);
  assert.equal(await after.manage.get('mer_1', claimed[0]?.key ?? ''), null);
  assert.equal((await put(after)).account.id, claimed[0]?.key);
  assert.equal((await after.here.find(claimed[0]?.key ?? ''))?.account.id, claimed[0]?.key);
});

test('what can not be opened any more is told anew, as a whole', async () => {
  const world = createWorld();
  const { account } = await put(world);
  const stored = await world.store.get(MAIN);
  assert.ok(stored);
  await world.store.put('mer_1', { ...stored, sealed: 'damaged' });
  const part = await world.manage.put({ ...MAIN, credentials: { webhook_secret: 'whsec_second' } });
  assert.equal(part.ok ? 'accepted' : part.error.code, 'provider_account_invalid');
  assert.equal((await put(world)).account.id, account.id);
  assert.equal((await world.here.of('mer_1')).inOrder.length, 1);
});

test('an account that others change all the time is a fault that can be retried', async () => {
  const documents = { ...createMemoryDocuments(), put: async () => 'conflict' as const };
  const { manage } = createWorld({ documents, rules: RULES });
  await assert.rejects(manage.put(MAIN), { code: 'account_contended', retryable: true });
});
