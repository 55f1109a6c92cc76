import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { createSystemClock, createSystemRandom, createSystemTimers } from '#adapters/system/clock.ts';
import { sealCommit } from '#core/journal/commit.ts';
import { createHistories, emptyHistory, latest } from '#core/payments/history.ts';
import { nextDueAt } from '#core/payments/owed.ts';
import { createCommand, given, ID, tell, when } from '#core/payments/testKit.ts';
import { echoesReferences } from '#entry/providers.ts';
import { createFollowPayments } from '#workers/followPayments.ts';
import { createSweepOpen } from '#workers/sweepOpen.ts';
import { openStorage } from './storage.ts';

const [clock, random, timers] = [createSystemClock(), createSystemRandom(), createSystemTimers()];
const LATE = Number.MAX_SAFE_INTEGER;
const UNKNOWN = { type: 'payment.canceled', v: 99 };

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-storage-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The storage, and only what follows the feed: nobody pursues anything. */
async function open(folder: string) {
  const storage = await openStorage(folder, {
    random,
    now: clock.now(),
    echoesReferences,
    onFailed: (fault) => assert.fail(fault),
  });
  const errors: string[] = [];
  const log = { info: () => {}, error: (message: string) => void errors.push(message) };
  const histories = createHistories({ journal: storage.journal, clock, random });
  const follower = createFollowPayments({ ...storage, histories, clock, timers, log });
  return {
    ...storage,
    histories,
    errors,
    log,
    follow: async () => {
      while (follower.lag() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    close: async () => {
      await follower.stop();
      return storage.close();
    },
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** A payment that is held, and so owes the end of its authorisation in a week. */
async function hold({ histories, follow }: Opened) {
  let history = emptyHistory(ID);
  for (const command of [createCommand(), tell(1, 'succeeded')]) {
    const decision = when(latest(history), command, clock.now());
    assert.ok(decision.ok);
    const appended = await histories.append(history, decision.value, null);
    assert.ok(appended !== 'conflict');
    history = appended;
  }
  await follow();
  const payment = latest(history);
  assert.ok(payment);
  return payment;
}

function changeDerived(folder: string, sql: string): void {
  const db = new DatabaseSync(join(folder, 'derived.sqlite'), { timeout: 1000 });
  db.exec(sql);
  db.close();
}

async function appendUnknown({ journal, follow }: Opened): Promise<void> {
  const last = (await journal.read(ID)).at(-1);
  assert.ok(last);
  const { seq, hash: previous } = last;
  const draft = { stream: ID, seq: seq + 1, commitId: 'later', at: clock.now(), previous, command: null };
  await journal.append(sealCommit({ ...draft, events: [UNKNOWN], personal: null }));
  await follow();
}

test('a row of the schedule that was deleted by hand is put back by the sweep, with the time that the journal says', async (t) => {
  const folder = temporaryFolder(t);
  const opened = await open(folder);
  const payment = await hold(opened);
  const dueAt = nextDueAt(payment);
  assert.ok(dueAt !== null);
  assert.deepEqual(await opened.schedule.due(dueAt, 10), [ID]);
  changeDerived(folder, 'DELETE FROM schedule');
  assert.deepEqual(await opened.schedule.due(LATE, 10), []);

  const { sweep, stop } = createSweepOpen({ ...opened, timers });
  await stop();
  await sweep();
  assert.deepEqual([await opened.schedule.due(dueAt - 1, 10), await opened.schedule.due(dueAt, 10)], [[], [ID]]);
  assert.deepEqual(opened.errors, ['the schedule had lost a payment']);
  await sweep();
  assert.equal(opened.errors.length, 1);
  await opened.close();
});

test('a payment that is parked is left out of the sweep, which does not fail for it', async (t) => {
  const folder = temporaryFolder(t);
  const opened = await open(folder);
  await hold(opened);
  await appendUnknown(opened);
  assert.deepEqual(opened.errors, ['a stream is parked: it can not be read on']);
  changeDerived(folder, 'DELETE FROM schedule');
  const { sweep, stop } = createSweepOpen({ ...opened, timers });
  await stop();
  await sweep();
  assert.deepEqual(await opened.schedule.due(LATE, 10), []);
  assert.equal(opened.errors.length, 1);
  await opened.close();
});

test('while a parked stream can not be read a start keeps what was derived', async (t) => {
  const folder = temporaryFolder(t);
  const first = await open(folder);
  await hold(first);
  await appendUnknown(first);
  const [parked] = first.parking.list();
  assert.deepEqual([parked?.stream, parked?.seq, parked?.position], [ID, 3, 3]);
  await first.close();
  const second = await open(folder);
  assert.deepEqual(second.parking.list(), [parked]);
  assert.deepEqual(
    second.projections.map((projection) => projection.position()),
    [3, 3, 3],
  );
  await second.close();
});

test('when a parked stream can be read a start makes everything derived again', async (t) => {
  const folder = temporaryFolder(t);
  const first = await open(folder);
  await hold(first);
  // What an earlier version had left: it could not read the second commit, and this one can.
  const owedByFirst = nextDueAt(given(createCommand()));
  first.parking.park({ stream: ID, seq: 2, position: 2, reason: 'of a later version', since: 0 });
  await first.close();
  changeDerived(folder, `UPDATE payments SET version = 1; UPDATE schedule SET version = 1, due_at = ${owedByFirst}`);
  const second = await open(folder);
  assert.deepEqual(second.parking.list(), []);
  assert.equal(second.parking.has(ID), false);
  await second.follow();
  const payment = latest(await second.histories.load(ID));
  assert.ok(payment);
  assert.deepEqual(await second.schedule.due(nextDueAt(payment) ?? 0, 10), [ID]);
  assert.deepEqual(await second.schedule.due((nextDueAt(payment) ?? 0) - 1, 10), []);
  await second.close();
});

test('a key ring of an earlier version gets a key to seal with, once', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'secrets.json');
  await (await open(folder)).close();
  const { sealing_key: removed, ...earlier } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify(earlier));
  const second = await open(folder);
  const sealed = await second.sealer.seal('text', 'a');
  await second.close();
  const { sealing_key: added, ...others } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  assert.deepEqual(others, earlier);
  assert.notDeepEqual(added, removed);
  const third = await open(folder);
  assert.equal((await third.sealer.open(sealed, 'a')).reveal(), 'text');
  await third.close();
});
