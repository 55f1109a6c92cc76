import assert from 'node:assert/strict';
import test from 'node:test';
import { sealCommit } from '#core/journal/commit.ts';
import { createMemoryJournal } from '#core/journal/memory.ts';
import { createTestTimers } from '#core/kit/testKit.ts';
import { createTestClock } from '#core/payments/platformFake.ts';
import { createSignRoot, type SignedRoot } from '#core/proof/roots.ts';
import { createSignRoots } from './signRoots.ts';

const COMMITS_PER_STATEMENT = 10;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LOOK_EVERY_MS = 10 * MINUTE_MS;

/** The worker over a journal in memory, with a clock and timers that only the test moves. */
function start({ kept = [] }: { kept?: SignedRoot[] } = {}) {
  const { journal, feed } = createMemoryJournal();
  const [clock, timers] = [createTestClock(), createTestTimers()];
  const errors: string[] = [];
  const roots = { all: async () => [...kept], append: async (root: SignedRoot) => void kept.push(root) };
  const signer = { keyId: 'k', sign: (text: string) => `signed ${text.length}` };
  const signRoot = createSignRoot({ feed, roots, signer, clock });
  const log = { info: () => {}, error: (message: string) => void errors.push(message) };
  const worker = createSignRoots({ feed, roots, signRoot, clock, timers, log });

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= LOOK_EVERY_MS) {
      const step = Math.min(left, LOOK_EVERY_MS);
      clock.advance(step);
      timers.advance(step);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const write = (stream: string) =>
    journal.append(
      sealCommit({
        stream,
        seq: 1,
        commitId: stream,
        at: clock.now(),
        previous: null,
        command: null,
        events: [{ type: 'happened', v: 1 }],
        personal: null,
      }),
    );
  return { kept, clock, worker, errors, pass, write };
}

test('signs at the first look, a few seconds after the start', async () => {
  const { kept, clock, pass, write } = start();
  await write('a');
  await pass(4999);
  assert.equal(kept.length, 0);
  await pass(1);
  assert.deepEqual(
    kept.map(({ number, position, streams, at }) => ({ number, position, streams, at })),
    [{ number: 1, position: 1, streams: 1, at: clock.now() }],
  );
});

test('not again within a day, whatever comes; then what has come since', async () => {
  const { kept, pass, write } = start();
  await write('a');
  await pass(5000);
  await write('b');
  await write('c');
  await pass(24 * HOUR_MS - LOOK_EVERY_MS);
  assert.equal(kept.length, 1);
  await pass(LOOK_EVERY_MS + 5000);
  assert.deepEqual(
    kept.map(({ number, position, streams }) => [number, position, streams]),
    [
      [1, 1, 1],
      [2, 3, 2],
    ],
  );
  assert.equal(kept[1]?.previous, kept[0]?.root);
});

test('a day in which nothing came signs nothing, and the next commit is signed at the next look', async () => {
  const { kept, pass, write } = start();
  await pass(48 * HOUR_MS);
  assert.equal(kept.length, 0);
  await write('a');
  await pass(LOOK_EVERY_MS);
  assert.equal(kept.length, 1);
});

test('a start that finds the last root a day old signs at its first look; one that finds a younger one waits', async () => {
  const earlier = start();
  await earlier.write('a');
  await earlier.pass(5000);
  const [root] = earlier.kept;
  assert.ok(root);
  for (const [ageMs, expected] of [
    [24 * HOUR_MS, 2],
    [23 * HOUR_MS, 1],
  ] as const) {
    const later = start({ kept: [{ ...root, position: 0, at: root.at - ageMs }] });
    await later.write('b');
    await later.pass(5000);
    assert.equal(later.kept.length, expected, `${ageMs} ms`);
  }
});

test('what is more than one statement takes is signed in several, and what comes meanwhile is left for the next day', async () => {
  const [clock, timers] = [createTestClock(), createTestTimers()];
  const signed: number[] = [];
  let head = 3 * COMMITS_PER_STATEMENT;
  const worker = createSignRoots({
    feed: { head: () => head, read: async () => [], subscribe: () => () => {} },
    roots: { all: async () => [], append: async () => {} },
    signRoot: async () => {
      // Under load there is always more.
      head += 1;
      signed.push(signed.length + 1);
      return { number: signed.length, position: signed.length * COMMITS_PER_STATEMENT, root: 'r' } as SignedRoot;
    },
    clock,
    timers,
    log: { info: () => {}, error: () => assert.fail() },
  });
  timers.advance(5000);
  await worker.stop();
  assert.deepEqual(signed, [1, 2, 3]);
});

test('a failure is told, and the next look signs', async () => {
  const [clock, timers] = [createTestClock(), createTestTimers()];
  const errors: string[] = [];
  let looks = 0;
  createSignRoots({
    feed: createMemoryJournal().feed,
    roots: {
      all: async () => {
        looks += 1;
        if (looks === 1) throw new Error('no');
        return [];
      },
      append: async () => {},
    },
    signRoot: async () => null,
    clock,
    timers,
    log: { info: () => {}, error: (message) => void errors.push(message) },
  });
  timers.advance(5000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(errors, ['signing a root failed']);
  timers.advance(LOOK_EVERY_MS);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(looks, 2);
});
