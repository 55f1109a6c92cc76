import assert from 'node:assert/strict';
import test from 'node:test';
import { createBreaker } from '#core/provider/breaker.ts';
import { createFixedAccounts } from './accountsFake.ts';
import { answer, createMemoryPlatform } from './platformFake.ts';
import { createReadProviders } from './readProviders.ts';

test('where payments can go, and whether it answers', async () => {
  const { connected } = createMemoryPlatform({ transport: async () => answer('succeeded') });
  let now = 0;
  const breaker = createBreaker({ clock: { monotonic: () => now } });
  const read = createReadProviders({ accounts: createFixedAccounts([connected]), breaker });
  const circuit = async () => (await read('mer_1')).map((state) => state.circuit);
  const [state] = await read('mer_1');
  assert.deepEqual(state, {
    provider: connected.provider.name,
    account: connected.account.id,
    onlyNamed: false,
    capabilities: connected.provider.capabilities,
    circuit: 'closed',
  });
  for (let n = 0; n < 20; n += 1) breaker.record(connected.account.id, true, now);
  assert.deepEqual(await circuit(), ['open']);
  now = 5000;
  assert.deepEqual(await circuit(), ['half_open']);
  assert.equal(breaker.mayPass(connected.account.id), true, 'looking takes no trial');
  breaker.record(connected.account.id, false, now);
  assert.deepEqual(await circuit(), ['closed']);
});
