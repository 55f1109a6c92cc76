import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createSystemRandom } from '#adapters/system/clock.ts';
import type { StoredCommit } from '#core/journal/commit.ts';
import { isFault } from '#core/kit/fault.ts';
import { createGroupCommit } from './groupCommit.ts';
import { openSqliteJournal } from './journal.ts';

/** Another program for a moment: a thread of its own, because the wait for a lock stops this one. */
const HOLD = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(workerData.path);
  db.exec('BEGIN IMMEDIATE');
  parentPort.postMessage('held');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData.ms);
  db.exec('ROLLBACK');
  db.close();`;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-group-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function open(t: TestContext) {
  const path = join(temporaryFolder(t), 'group.sqlite');
  const db = new DatabaseSync(path);
  const reader = new DatabaseSync(path, { readOnly: true });
  t.after(() => {
    reader.close();
    db.close();
  });
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE words (word TEXT PRIMARY KEY) STRICT');
  const failures: Error[] = [];
  let committed = 0;
  const group = createGroupCommit(db, {
    path,
    onCommitted: () => {
      committed += 1;
    },
    onFailed: (fault) => failures.push(fault),
  });
  const insert = db.prepare('INSERT INTO words VALUES (?)');
  return {
    db,
    group,
    failures,
    committed: () => committed,
    add: (word: string) => group.write(() => insert.run(word).changes),
    /** As another connection sees it: what is committed. */
    words: () =>
      reader
        .prepare('SELECT word FROM words ORDER BY word')
        .all()
        .map((row) => row['word']),
  };
}

test('what is asked for in one turn is one transaction, in its order; each gets its own value', async (t) => {
  const { group, committed, add, words } = open(t);
  const seen: string[] = [];
  const values = await Promise.all([
    add('a'),
    group.write(() => seen.push('first')),
    add('b'),
    group.write(() => seen.push('second')),
  ]);
  assert.deepEqual(values, [1, 1, 1, 2]);
  assert.deepEqual(
    [seen, words()],
    [
      ['first', 'second'],
      ['a', 'b'],
    ],
  );
  assert.equal(committed(), 1);
  await add('c');
  assert.equal(committed(), 2);
});

test('nothing is written within the turn, and a promise resolves after the commit', async (t) => {
  const { add, words, committed } = open(t);
  const adding = add('a');
  await Promise.resolve();
  assert.deepEqual([words(), committed()], [[], 0]);
  await adding.then(() => assert.deepEqual(words(), ['a']));
});

test('what is asked for by work that is being done waits for the next transaction', async (t) => {
  const { group, committed, add, words } = open(t);
  const asked = await group.write(() => ({ next: add('later') }));
  assert.deepEqual([words(), committed()], [[], 1]);
  await asked.next;
  assert.deepEqual([words(), committed()], [['later'], 2]);
});

test('when one fails all of the turn get the same fault and nothing of it stays; the next turn is another', async (t) => {
  const { db, failures, committed, add, words } = open(t);
  await add('a');
  const results = await Promise.allSettled([add('b'), add('a'), add('c')]);
  const faults = results.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : null));
  assert.ok(isFault(faults[0]) && faults[0].code === 'storage_failed');
  assert.deepEqual(faults, [faults[0], faults[0], faults[0]]);
  assert.deepEqual(failures, [faults[0]], 'told once');
  assert.deepEqual([words(), committed(), db.isTransaction], [['a'], 1, false]);
  await add('b');
  assert.deepEqual([words(), committed()], [['a', 'b'], 2]);
});

test("another program's lock rejects the turn with a fault that passes, and nobody is told that the storage has failed", async (t) => {
  const { db, failures, committed, add, words } = open(t);
  const other = new DatabaseSync(db.location() ?? '');
  t.after(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  const refused = await add('a').catch((fault: unknown) => fault);
  assert.ok(isFault(refused) && refused.code === 'storage_busy' && refused.retryable);
  assert.deepEqual(failures, []);
  other.exec('ROLLBACK');
  await add('b');
  assert.deepEqual([words(), committed()], [['b'], 1]);
});

test('a connection that can not begin rejects all of the turn', async (t) => {
  const { db, failures, add } = open(t);
  db.close();
  const results = await Promise.allSettled([add('a'), add('b')]);
  assert.deepEqual(
    results.map((result) => result.status),
    ['rejected', 'rejected'],
  );
  assert.equal(failures.length, 1);
  db.open();
});

test('the journal waits for a lock that is held for a moment, and survives one that is held for longer', async (t) => {
  const folder = temporaryFolder(t);
  const failures: Error[] = [];
  const options = { random: createSystemRandom(), idSecretFingerprint: 'f' };
  const { journal, feed, close } = openSqliteJournal({ folder, ...options, onFailed: (fault) => failures.push(fault) });
  const commit = { stream: 's', seq: 1, commitId: 'a', facts: '{}', personal: null, hash: 'h' };
  const hold = (ms: number) => {
    const holding = new Worker(HOLD, { eval: true, workerData: { path: join(folder, 'journal.sqlite'), ms } });
    return new Promise((resolve) => holding.once('message', resolve));
  };
  await hold(100);
  assert.equal(await journal.append(commit), 'appended');
  await hold(1000);
  await assert.rejects(journal.append({ ...commit, stream: 't' }), { code: 'storage_busy' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(await journal.append({ ...commit, stream: 'u' }), 'appended');
  assert.deepEqual([feed.head(), failures], [2, []]);
  close();
});

test('in the journal a turn can hold a stream twice: what follows is appended, what was there first wins', async (t) => {
  const opened = openSqliteJournal({
    folder: temporaryFolder(t),
    random: createSystemRandom(),
    idSecretFingerprint: 'f',
    onFailed: (fault) => assert.fail(fault),
  });
  const commit = (seq: number, commitId: string): StoredCommit => ({
    stream: 's',
    seq,
    commitId,
    facts: '{}',
    personal: null,
    hash: 'h',
  });
  const { journal, feed, close } = opened;
  const results = await Promise.all(
    [commit(1, 'a'), commit(1, 'b'), commit(2, 'c'), commit(2, 'd'), commit(3, 'e')].map((one) => journal.append(one)),
  );
  assert.deepEqual(results, ['appended', 'conflict', 'appended', 'conflict', 'appended']);
  assert.deepEqual(
    (await journal.read('s')).map(({ commitId }) => commitId),
    ['a', 'c', 'e'],
  );
  assert.deepEqual([feed.head(), (await feed.read(0, 10)).length], [3, 3]);
  close();
});
