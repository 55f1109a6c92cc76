import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openDerived } from '#adapters/local/sqlite/derived.ts';
import { createSqlitePaymentIndex } from '#adapters/local/sqlite/paymentIndex.ts';
import { createSqliteSchedule } from '#adapters/local/sqlite/schedule.ts';
import type { Payment } from '#core/payments/payment.ts';
import { capture, createCommand, given, tell } from '#core/payments/testKit.ts';
import { createDice, type Dice } from '../support/seeded.ts';
import { createIndex } from './storage/paymentIndex.ts';
import { createSchedule } from './storage/schedule.ts';

/** The simulated index and schedule beside the real ones: the same writes, in any order of versions, the same answers. */

const ROUNDS = 400;
const IDS = ['a', 'b', 'c', 'd'];
const STATES: readonly Payment[] = [
  given(createCommand()),
  given(createCommand(), tell(1, 'declined')),
  given(createCommand(), tell(1, 'succeeded')),
  given(createCommand(), tell(1, 'succeeded'), capture(null), tell(2, 'succeeded')),
  given(createCommand(), tell(1, 'pending')),
];

function derivedIn(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'florin-simulated-'));
  const derived = openDerived({ folder, journalId: 'j', journalHead: Number.MAX_SAFE_INTEGER });
  t.after(() => {
    derived.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return derived;
}

function anyPayment(dice: Dice): Payment {
  const id = dice.pick(IDS);
  return { ...dice.pick(STATES), id, merchant: id < 'c' ? 'mer_1' : 'mer_2', version: dice.between(1, 6) };
}

test('the simulated schedule does what the one in SQLite does', async (t) => {
  const dice = createDice(1);
  const both = [createSqliteSchedule(derivedIn(t)), createSchedule()] as const;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const payment = anyPayment(dice);
    const [id, version, dueAt] = [payment.id, dice.between(1, 6), dice.between(1, 1000) * ROUNDS + round];
    const act = dice.between(1, 4);
    const end = dice.next() < 0.5 ? null : dueAt;
    const answers = await Promise.all(
      both.map(async (schedule) => {
        if (act === 1) await schedule.projection.save([payment], round, []);
        if (act === 2) await schedule.postpone(id, dueAt);
        if (act === 3) return await schedule.restore(id, version, dueAt);
        if (act === 4) await schedule.correct(id, version, end);
        return (await schedule.due(Number.MAX_SAFE_INTEGER, 10)).toSorted();
      }),
    );
    assert.deepEqual(answers[1], answers[0], `round ${round}`);
  }
});

test('the simulated index does what the one in SQLite does', async (t) => {
  const dice = createDice(2);
  const both = [createSqlitePaymentIndex(derivedIn(t)), createIndex()] as const;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const payment = anyPayment(dice);
    const asked = { merchant: payment.merchant, status: null, after: null, limit: 10 };
    const answers = await Promise.all(
      both.map(async (index) => {
        await index.projection.save([payment], round, []);
        const page = await index.search(asked);
        return [
          page === 'cursor_invalid' ? page : page.ids,
          (await index.open(null, 10)).ids,
          index.projection.position(),
        ];
      }),
    );
    assert.deepEqual(answers[1], answers[0], `round ${round}`);
  }
});
