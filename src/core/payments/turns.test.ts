import assert from 'node:assert/strict';
import test from 'node:test';
import { createTurns } from './turns.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('one at a time, in order, a stream; another stream does not wait', async () => {
  const inTurn = createTurns();
  const log: string[] = [];
  const work = (name: string) => async (waited: boolean) => {
    log.push(`${name} begins${waited ? ' after waiting' : ''}`);
    await tick();
    log.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all([inTurn('s', work('a')), inTurn('s', work('b')), inTurn('t', work('c'))]);
  assert.deepEqual(results, ['a', 'b', 'c']);
  const ofStream = log.filter((line) => !line.startsWith('c'));
  assert.deepEqual(ofStream, ['a begins', 'a ends', 'b begins after waiting', 'b ends']);
  assert.ok(log.indexOf('c begins') < log.indexOf('a ends'));
});

test('one that fails does not stop those behind it', async () => {
  const inTurn = createTurns();
  const failed = inTurn('s', async () => {
    await tick();
    throw new Error('no');
  });
  const next = inTurn('s', async (waited) => waited);
  await assert.rejects(failed, /no/);
  assert.equal(await next, true);
  assert.equal(await inTurn('s', async (waited) => waited), false);
});
