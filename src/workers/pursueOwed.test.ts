import assert from 'node:assert/strict';
import test from 'node:test';
import { createTestTimers } from '#core/kit/testKit.ts';
import type { Pursued } from '#core/payments/pursue.ts';
import { createPursueOwed } from './pursueOwed.ts';

const NOW = 1_000_000;

/** One payment in the schedule, which is asked for once; what is done to its row is written down. */
async function pursue(answer: Pursued | Error | null): Promise<readonly string[]> {
  const timers = createTestTimers();
  const done: string[] = [];
  let ids: readonly string[] = ['a'];
  const worker = createPursueOwed({
    schedule: {
      due: async () => {
        const due = ids;
        ids = [];
        return due;
      },
      postpone: async (id, dueAt) => void done.push(`postpone ${id} ${dueAt - NOW}`),
      restore: async () => false,
      correct: async (id, version, dueAt) => void done.push(`correct ${id} ${version} ${dueAt}`),
    },
    pursue: async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
    clock: { now: () => NOW, monotonic: () => 0 },
    timers,
    log: { info: () => {}, error: (message) => void done.push(message) },
  });
  timers.advance(250);
  await new Promise(setImmediate);
  await worker.stop();
  return done;
}

test('a payment that owes nothing leaves the schedule, whoever put it there', async () => {
  assert.deepEqual(await pursue({ version: 3, dueAt: null }), ['postpone a 5000', 'correct a 3 null']);
});

test('one that is due later is looked at then, and not before', async () => {
  const dueAt = NOW + 60_000;
  assert.deepEqual(await pursue({ version: 3, dueAt }), ['postpone a 5000', `correct a 3 ${dueAt}`]);
});

test('one that is still due, fails or is not there waits a while', async () => {
  assert.deepEqual(await pursue({ version: 3, dueAt: NOW }), ['postpone a 5000']);
  assert.deepEqual(await pursue(null), ['postpone a 5000']);
  assert.deepEqual(await pursue(new Error('no')), ['postpone a 5000', 'a payment could not be pursued']);
});
