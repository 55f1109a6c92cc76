import assert from 'node:assert/strict';
import test from 'node:test';
import { Fault } from '#core/kit/fault.ts';
import { createTestTimers } from '#core/kit/testKit.ts';
import { emptyHistory, type Histories, type History } from '#core/payments/history.ts';
import type { Payment } from '#core/payments/payment.ts';
import type { PaymentIndex } from '#core/payments/ports.ts';
import { createCommand, given, START, tell } from '#core/payments/testKit.ts';
import { createSweepOpen } from './sweepOpen.ts';

/** A payment that owes the end of its authorisation, and one that owes nothing. */
const held = given(createCommand(), tell(1, 'succeeded'));
const declined = given(createCommand(), tell(1, 'declined'));
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

type Answer = Payment | null | Error;

/** A sweep over payments that read as said; an Error is thrown in the place of one. */
function start(answers: Readonly<Record<string, Answer>>, scheduled: readonly string[] = []) {
  const timers = createTestTimers();
  const errors: unknown[] = [];
  const rows = new Map(scheduled.map((id) => [id, { version: 0, dueAt: 0 }]));
  const ids = Object.keys(answers);
  const open: PaymentIndex['open'] = async (after, limit) => {
    const from = after === null ? 0 : Number(after);
    const page = ids.slice(from, from + limit);
    return { ids: page, next: page.length < limit ? null : String(from + limit) };
  };
  const load = async (id: string): Promise<History> => {
    const answer = answers[id] ?? null;
    if (answer instanceof Error) throw answer;
    return answer === null ? emptyHistory(id) : { stream: id, versions: [versionOf(answer)] };
  };
  const worker = createSweepOpen({
    index: { open, search: async () => 'cursor_invalid' },
    histories: { load } as Histories,
    schedule: {
      due: async () => [],
      postpone: async () => {},
      correct: async () => {},
      restore: async (id, version, dueAt) => {
        if (rows.has(id)) return false;
        rows.set(id, { version, dueAt });
        return true;
      },
    },
    timers: { ...timers, soon: (work) => void setImmediate(work) },
    log: { info: () => {}, error: (message, fields) => void errors.push([message, fields?.['payment']]) },
  });
  return { timers, worker, rows, errors };
}

function versionOf(payment: Payment): History['versions'][number] {
  return { payment, events: [], command: null, hash: '', at: payment.updatedAt, postings: 1 };
}

test('what the schedule has lost is put back with its time, and that is told', async () => {
  const { worker, rows, errors } = start({ a: held });
  await worker.sweep();
  assert.deepEqual([...rows], [['a', { version: 2, dueAt: START + WEEK_MS }]]);
  assert.deepEqual(errors, [['the schedule had lost a payment', 'a']]);
  await worker.sweep();
  assert.equal(errors.length, 1, 'the second time nothing is missing');
});

test('what is scheduled stays as it is, and what owes nothing any more gets no row', async () => {
  const { worker, rows, errors } = start({ a: held, b: declined, c: null }, ['a']);
  await worker.sweep();
  assert.deepEqual([...rows], [['a', { version: 0, dueAt: 0 }]]);
  assert.deepEqual(errors, []);
});

test('all pages are looked at', async () => {
  const answers = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`p${n}`, held]));
  const { worker, rows } = start(answers);
  await worker.sweep();
  assert.equal(rows.size, 250);
});

test('a payment that is parked does not keep the sweep from those after it', async () => {
  const unknown = new Fault('event_version_unknown', 'of a later version', { retryable: true });
  const { worker, rows } = start({ a: held, b: unknown, c: held });
  await worker.sweep();
  assert.deepEqual([...rows.keys()], ['a', 'c']);
});

test('storage that fails ends this sweep, and the next one comes all the same', async () => {
  const { timers, rows, worker, errors } = start({ a: new Fault('storage_io', 'no', { retryable: false }), b: held });
  await assert.rejects(worker.sweep(), /no/);
  for (const ms of [1000, 10 * 60 * 1000]) {
    timers.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(errors, [
    ['the sweep over open payments failed', undefined],
    ['the sweep over open payments failed', undefined],
  ]);
  assert.equal(rows.size, 0);
  await worker.stop();
});
