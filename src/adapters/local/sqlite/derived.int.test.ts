import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openDerived } from './derived.ts';

const openIn = (folder: string, journalHead = 100, journalId = 'j') => openDerived({ folder, journalId, journalHead });

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-derived-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function open(t: TestContext) {
  const derived = openIn(temporaryFolder(t));
  t.after(() => derived.close());
  const add = (id: string) => derived.db.prepare('INSERT INTO schedule VALUES (?, 1, 1)').run(id);
  const ids = () => derived.db.prepare('SELECT id FROM schedule ORDER BY id').all();
  const stored = (consumer: string) =>
    (
      derived.db.prepare('SELECT position FROM positions WHERE consumer = ?').get(consumer) as
        | { position: number }
        | undefined
    )?.position;
  return { derived, add, rows: () => ids().map((row) => row['id']), stored };
}

test('each consumer has its own position, which begins at 0', (t) => {
  const { derived, add, rows } = open(t);
  assert.equal(derived.positionOf('one'), 0);
  derived.advance('one', 7, () => void add('a'));
  derived.advance('two', 3, () => {});
  assert.deepEqual([derived.positionOf('one'), derived.positionOf('two'), derived.positionOf('three')], [7, 3, 0]);
  assert.deepEqual(rows(), ['a']);
});

test('an effect that throws leaves rows and position as they were, and the next one takes place', (t) => {
  const { derived, add, rows, stored } = open(t);
  derived.advance('one', 7, () => void add('a'));
  const fault = new Error('no');
  const effects = () => {
    add('b');
    throw fault;
  };
  assert.throws(
    () => derived.advance('one', 8, effects),
    (thrown) => thrown === fault,
  );
  assert.deepEqual([derived.positionOf('one'), stored('one'), rows()], [7, 7, ['a']]);
  assert.equal(derived.db.isTransaction, false);
  derived.advance('one', 9, () => void add('c'));
  assert.deepEqual([derived.positionOf('one'), stored('one'), rows()], [9, 9, ['a', 'c']]);
});

test('so does a first batch that fails: the position is still 0', (t) => {
  const { derived, add, rows, stored } = open(t);
  assert.throws(() =>
    derived.advance('one', 8, () => {
      add('a');
      add('a');
    }),
  );
  assert.deepEqual([derived.positionOf('one'), stored('one'), rows()], [0, undefined, []]);
});

test('so does a transaction that fails only when it is committed', (t) => {
  const { derived, add, rows, stored } = open(t);
  derived.db.exec(`
    PRAGMA foreign_keys = ON;
    CREATE TABLE late (id TEXT REFERENCES schedule (id) DEFERRABLE INITIALLY DEFERRED);`);
  derived.advance('one', 7, () => void add('a'));
  assert.throws(
    () =>
      derived.advance('one', 8, () => {
        add('b');
        derived.db.exec(`INSERT INTO late VALUES ('nobody')`);
      }),
    /FOREIGN KEY/,
  );
  assert.deepEqual([derived.positionOf('one'), stored('one'), rows()], [7, 7, ['a']]);
  assert.equal(derived.db.isTransaction, false);
});

test('rows and position are there after the file is opened again', (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  first.advance('one', 7, () => void first.db.prepare(`INSERT INTO schedule VALUES ('a', 1, 1)`).run());
  first.close();
  const second = openIn(folder);
  assert.equal(second.positionOf('one'), 7);
  assert.equal(second.db.prepare('SELECT count(*) AS rows FROM schedule').get()?.['rows'], 1);
  second.close();
});

test('a file that has seen just what the journal holds is taken; one that has seen more is refused', (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  first.advance('one', 7, () => {});
  first.advance('two', 3, () => {});
  first.close();
  openIn(folder, 7).close();
  assert.throws(() => openIn(folder, 6), { code: 'journal_behind', message: /has seen 7 commits and .* has 6/ });
  assert.throws(() => openIn(folder, 7, 'another'), { code: 'derived_foreign' });
});

test('a file that an earlier version made is made again; one of a later version is left as it is', (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  first.advance('one', 7, () => {});
  first.db.exec('PRAGMA user_version = 1');
  first.close();
  const second = openIn(folder);
  assert.equal(second.positionOf('one'), 0);
  second.advance('one', 7, () => {});
  second.db.exec('PRAGMA user_version = 99');
  second.close();
  assert.throws(() => openIn(folder), /schema version 99/);
});
