import assert from 'node:assert/strict';
import test from 'node:test';
import { createTestTimers } from '#core/kit/testKit.ts';
import { repeat } from './repeat.ts';

/** Work that runs until the test ends it, each time it is begun. */
function start({ firstAfterMs }: { firstAfterMs?: number } = {}) {
  const timers = createTestTimers();
  const begun: PromiseWithResolvers<void>[] = [];
  const errors: unknown[] = [];
  const worker = repeat(
    () => {
      const work = Promise.withResolvers<void>();
      begun.push(work);
      return work.promise;
    },
    {
      name: 'counting',
      everyMs: 100,
      ...(firstAfterMs === undefined ? {} : { firstAfterMs }),
      timers,
      log: { info: () => {}, error: (message, fields) => void errors.push([message, fields?.['fault']]) },
    },
  );
  async function end(fault?: Error): Promise<void> {
    const work = begun.at(-1);
    if (fault === undefined) work?.resolve();
    else work?.reject(fault);
    await settle();
  }
  return { timers, begun, errors, worker, end };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('the first time after its own delay, or else after the same as all others', () => {
  const soon = start({ firstAfterMs: 5 });
  soon.timers.advance(4);
  assert.equal(soon.begun.length, 0);
  soon.timers.advance(1);
  assert.equal(soon.begun.length, 1);
  const later = start();
  later.timers.advance(99);
  assert.equal(later.begun.length, 0);
  later.timers.advance(1);
  assert.equal(later.begun.length, 1);
});

test('one at a time: the next waits until the one before has ended, and then its whole delay', async () => {
  const { timers, begun, end } = start();
  timers.advance(10_000);
  assert.equal(begun.length, 1);
  await end();
  timers.advance(99);
  assert.equal(begun.length, 1);
  timers.advance(1);
  assert.equal(begun.length, 2);
});

test('a failure is told with its name and does not end it', async () => {
  const { timers, begun, errors, end } = start();
  const fault = new Error('no');
  timers.advance(100);
  await end(fault);
  assert.deepEqual(errors, [['counting failed', fault]]);
  timers.advance(100);
  assert.equal(begun.length, 2);
  await end();
  timers.advance(100);
  assert.equal(begun.length, 3);
});

for (const [how, fault] of [
  ['ends', undefined],
  ['fails', new Error('no')],
] as const) {
  test(`stopping waits for what is under way, also when that ${how}, and nothing comes after it`, async () => {
    const { timers, begun, worker, end } = start();
    timers.advance(100);
    let isStopped = false;
    const stopping = worker.stop().then(() => {
      isStopped = true;
    });
    await settle();
    assert.equal(isStopped, false);
    await end(fault);
    await stopping;
    timers.advance(10_000);
    assert.equal(begun.length, 1);
  });
}

test('stopped before the first time it never runs', async () => {
  const { timers, begun, worker } = start();
  await worker.stop();
  timers.advance(10_000);
  assert.equal(begun.length, 0);
});
