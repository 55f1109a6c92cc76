import assert from 'node:assert/strict';
import test from 'node:test';
import { SEALER_CONTRACT } from '#core/secrets/contract.ts';
import { createSystemRandom } from './clock.ts';
import { createSealer, type SealingKey } from './sealer.ts';

const random = createSystemRandom();
const newKey = (id: string): SealingKey => ({ id, bytes: random.bytes(32) });

for (const { name, run } of SEALER_CONTRACT)
  test(`sealer: ${name}`, () => run(createSealer({ keys: [newKey('k1')], random })));

test('a key that is no longer the first still opens what it sealed, and one that is gone does not', async () => {
  const [old, fresh] = [newKey('old'), newKey('new')];
  const sealed = await createSealer({ keys: [old], random }).seal('text', 'a');
  const both = createSealer({ keys: [fresh, old], random });
  assert.equal((await both.open(sealed, 'a')).reveal(), 'text');
  assert.match(await both.seal('text', 'a'), /^v1\.new\./);
  await assert.rejects(createSealer({ keys: [fresh], random }).open(sealed, 'a'), { code: 'secret_unreadable' });
});

test('another key under the same id does not open it', async () => {
  const sealed = await createSealer({ keys: [newKey('k')], random }).seal('text', 'a');
  await assert.rejects(createSealer({ keys: [newKey('k')], random }).open(sealed, 'a'), { code: 'secret_unreadable' });
});
