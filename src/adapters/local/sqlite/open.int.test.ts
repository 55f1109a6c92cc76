import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { type DatabaseFile, isBegun, isStorageError, openDatabase, storageFault } from './open.ts';

const SCHEMA = 'CREATE TABLE words (word TEXT) STRICT;';

/** A file that is to be opened; what foreign, newer and damaged ones lead to is in test/crash. */
function fileIn(t: TestContext, changes: Partial<DatabaseFile> = {}): DatabaseFile {
  const folder = mkdtempSync(join(tmpdir(), 'florin-open-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: join(folder, 'words.sqlite'),
    applicationId: 7,
    schemaVersion: 1,
    schema: SCHEMA,
    remedy: 'mend it',
    synchronous: 'NORMAL',
    ...changes,
  };
}

const tables = (db: DatabaseSync) => db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all().length;

test('a file that is not there is made, with its schema, and opened again with what is in it', (t) => {
  const file = fileIn(t);
  assert.equal(isBegun(file.path), false);
  const first = openDatabase(file);
  first.exec(`INSERT INTO words VALUES ('a')`);
  first.close();
  assert.equal(isBegun(file.path), true);
  const second = openDatabase(file);
  assert.equal(second.prepare('SELECT count(*) AS words FROM words').get()?.['words'], 1);
  second.close();
});

test('a file that was begun and never got its tables is as good as none', (t) => {
  for (const begin of [
    (path: string) => writeFileSync(path, ''),
    (path: string) => {
      const db = new DatabaseSync(path);
      db.exec('PRAGMA journal_mode = WAL');
      db.close();
    },
  ]) {
    const file = fileIn(t);
    begin(file.path);
    assert.equal(isBegun(file.path), false);
    const db = openDatabase(file);
    assert.equal(tables(db), 1);
    db.close();
  }
});

test('a schema that fails half way leaves no table behind', (t) => {
  const file = fileIn(t);
  assert.throws(() => openDatabase({ ...file, schema: `${SCHEMA} CREATE TABLE words (word TEXT);` }), {
    code: 'storage_failed',
  });
  assert.equal(isBegun(file.path), false);
  openDatabase(file).close();
});

test('the truth is written with full synchronisation, what can be made again is not', (t) => {
  for (const [synchronous, level] of [
    ['FULL', 2],
    ['NORMAL', 1],
  ] as const) {
    const db = openDatabase(fileIn(t, { synchronous }));
    assert.equal(db.prepare('PRAGMA synchronous').get()?.['synchronous'], level);
    assert.equal(db.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
    db.close();
  }
});

test("it waits a moment for another program's lock, and a write-ahead log that has grown is cut back", (t) => {
  const db = openDatabase(fileIn(t));
  const value = (pragma: string) => Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
  assert.deepEqual([value('busy_timeout'), value('journal_size_limit')], [300, 64 * 1024 * 1024]);
  db.close();
});

test('an error of SQLite is told as what a person can do about it', (t) => {
  const { path } = fileIn(t);
  const expected = [
    [5, 'storage_busy', true],
    [517, 'storage_busy', true],
    [8, 'storage_unwritable', false],
    [14, 'storage_unwritable', false],
    [10, 'storage_io', false],
    [778, 'storage_io', false],
    [11, 'file_damaged', false],
    [26, 'file_damaged', false],
    [13, 'storage_full', false],
    [19, 'storage_failed', false],
  ] as const;
  for (const [errcode, code, retryable] of expected) {
    const cause = Object.assign(new Error('why'), { errcode });
    const fault = storageFault(path, cause);
    assert.deepEqual([fault.code, fault.retryable, fault.cause], [code, retryable, cause], `errcode ${errcode}`);
    assert.ok(fault.message.includes(path), 'it names the file');
    assert.equal(isStorageError(cause), true);
  }
  assert.equal(storageFault(path, new Error('why')).code, 'storage_failed');
  assert.equal(isStorageError(new Error('why')), false);
  assert.equal(isStorageError(null), false);
  assert.equal(existsSync(path), false);
});
