import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { nextDueAt } from '#core/payments/owed.ts';
import type { Payment } from '#core/payments/payment.ts';
import { createCommand, given, START, tell } from '#core/payments/testKit.ts';
import { openDerived } from './derived.ts';
import { createSqliteSchedule } from './schedule.ts';

const LATE = Number.MAX_SAFE_INTEGER;

function open(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'florin-schedule-'));
  const derived = openDerived({ folder, journalId: 'j', journalHead: LATE });
  t.after(() => {
    derived.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const schedule = createSqliteSchedule(derived);
  let position = 0;
  async function save(...payments: readonly Payment[]): Promise<void> {
    position += 1;
    await schedule.projection.save(payments, position, []);
  }
  const rows = () =>
    derived.db
      .prepare('SELECT id, version, due_at AS dueAt FROM schedule ORDER BY id')
      .all()
      .map((row) => ({ ...row }));
  return { schedule, save, rows };
}

const sent = given(createCommand());
const held = given(createCommand(), tell(1, 'succeeded'));
const declined = given(createCommand(), tell(1, 'declined'));
const named = (id: string, payment: Payment): Payment => ({ ...payment, id });

/** Sent so much later: due so much later. */
function sentLater(id: string, laterMs: number): Payment {
  const [operation] = sent.operations;
  assert.ok(operation?.sending);
  const sending = { ...operation.sending, deadline: operation.sending.deadline + laterMs };
  return { ...sent, id, operations: [{ ...operation, sending }] };
}

const dueAtOf = (payment: Payment): number => {
  const dueAt = nextDueAt(payment);
  assert.ok(dueAt !== null);
  return dueAt;
};

test('a payment gets the time of what it owes next; one that owes nothing gets no row', async (t) => {
  const { schedule, save, rows } = open(t);
  await save(named('a', sent), named('b', declined), named('c', held));
  assert.deepEqual(rows(), [
    { id: 'a', version: 1, dueAt: dueAtOf(sent) },
    { id: 'c', version: 2, dueAt: dueAtOf(held) },
  ]);
  assert.ok(dueAtOf(sent) > START);
  assert.equal(schedule.projection.position(), 1);
});

test('due: at its time and not before, the longest due first, as many as asked for', async (t) => {
  const { schedule, save } = open(t);
  await save(sentLater('second', 20), sentLater('first', 10), sentLater('third', 30), named('held', held));
  const first = dueAtOf(sentLater('first', 10));
  assert.deepEqual(await schedule.due(first - 1, 10), []);
  assert.deepEqual(await schedule.due(first, 10), ['first']);
  assert.deepEqual(await schedule.due(first + 20, 10), ['first', 'second', 'third']);
  assert.deepEqual(await schedule.due(first + 20, 2), ['first', 'second']);
  assert.deepEqual(await schedule.due(LATE, 10), ['first', 'second', 'third', 'held']);
});

test('what is put off is due then, and what is not scheduled stays so', async (t) => {
  const { schedule, save, rows } = open(t);
  await save(named('a', sent));
  await schedule.postpone('a', 9000);
  await schedule.postpone('b', 9000);
  assert.deepEqual(rows(), [{ id: 'a', version: 1, dueAt: 9000 }]);
  assert.deepEqual(await schedule.due(8999, 10), []);
  assert.deepEqual(await schedule.due(9000, 10), ['a']);
});

test('a newer version sets its own time and the last one ends it, also when it had been put off', async (t) => {
  const { schedule, save, rows } = open(t);
  await save(named('a', sent));
  await schedule.postpone('a', LATE);
  await save(named('a', held));
  assert.deepEqual(rows(), [{ id: 'a', version: 2, dueAt: dueAtOf(held) }]);
  await schedule.postpone('a', LATE);
  await save({ ...named('a', declined), version: 3 });
  assert.deepEqual(rows(), []);
});

test('an older version changes nothing: neither the time nor that there is a row', async (t) => {
  const { save, rows } = open(t);
  await save({ ...named('a', held), version: 3 });
  const before = rows();
  await save(named('a', sent));
  await save({ ...named('a', declined), version: 2 });
  assert.deepEqual(rows(), before);
});

test('what is missing is put back, and what is there stays as it is, whatever its version', async (t) => {
  const { schedule, save, rows } = open(t);
  assert.equal(await schedule.restore('a', 2, 500), true);
  assert.equal(await schedule.restore('a', 9, 900), false);
  assert.deepEqual(rows(), [{ id: 'a', version: 2, dueAt: 500 }]);
  await save({ ...named('a', declined), version: 2 });
  assert.deepEqual(rows(), [], 'the version that ends it ends what was put back');
});

test('what a payment itself says replaces what an older version said, and nothing newer', async (t) => {
  const { schedule, save, rows } = open(t);
  await save(named('a', held));
  await schedule.correct('a', 1, null);
  assert.deepEqual(rows(), [{ id: 'a', version: 2, dueAt: dueAtOf(held) }]);
  await schedule.correct('a', 2, 500);
  assert.deepEqual(rows(), [{ id: 'a', version: 2, dueAt: 500 }]);
  await schedule.correct('a', 3, null);
  assert.deepEqual(rows(), []);
});
