import { closeSync, existsSync, openSync, readSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault, isFault } from '#core/kit/fault.ts';

export type DatabaseFile = {
  path: string;
  /** Four letters in the header of the file: what says that it is ours and which one. */
  applicationId: number;
  schemaVersion: number;
  schema: string;
  /** What a person does when it is damaged. */
  remedy: string;
  /** FULL for what is the truth, NORMAL for what can be rebuilt. */
  synchronous: 'FULL' | 'NORMAL';
};

const LEFT_ALONE = 'It was left as it is: move it away or name another data folder';
const SQLITE_MAGIC = 'SQLite format 3\0';
/** Less than this is nothing: SQLite's shared-memory file alone takes 32 KiB. */
const FREE_BYTES_MIN = 64 * 1024;
/** A whole check of a larger file would keep a start waiting; `npm run verify` reads everything. */
const QUICK_CHECK_BYTES_MAX = 64 * 1024 * 1024;
/** Pages of 4 KiB in the write-ahead log before its content is moved into the file: fewer, larger moves. */
const WAL_PAGES_BEFORE_CHECKPOINT = 8000;
/** A long read keeps the write-ahead log from being emptied, and it grows; beyond this it is cut back once it is empty again. */
const WAL_BYTES_KEPT_MAX = 64 * 1024 * 1024;
/** Another program (a backup, a look with a tool) may hold the lock for a moment. The whole process waits with us: no longer than this. */
const BUSY_WAIT_MS = 300;

/**
 * Opens or creates a file of ours. Refuses, without writing a byte, one that is not a database, belongs to another program, has a
 * schema of a later version, or is damaged.
 */
export function openDatabase(file: DatabaseFile): DatabaseSync {
  const fresh = !isBegun(file.path);
  if (!fresh) assertUsable(file);
  const db = new DatabaseSync(file.path, { timeout: BUSY_WAIT_MS });
  try {
    db.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${file.synchronous}; PRAGMA wal_autocheckpoint = ${WAL_PAGES_BEFORE_CHECKPOINT}; PRAGMA journal_size_limit = ${WAL_BYTES_KEPT_MAX};`,
    );
    if (fresh) create(db, file);
  } catch (cause) {
    db.close();
    throw storageFault(file.path, cause);
  }
  return db;
}

/** Whether there is anything in the file: a first start that was cut off leaves a database without tables, which is as good as none. */
export function isBegun(path: string): boolean {
  if (!existsSync(path) || statSync(path).size === 0) return false;
  if (!hasMagic(path)) return true;
  try {
    return reading(path, hasContent);
  } catch {
    // It can't be read: what it is, is told by who opens it.
    return true;
  }
}

/** Whether an earlier version of the platform made it: what can be made again is then made again. */
export function isOfEarlierSchema({ path, applicationId, schemaVersion }: DatabaseFile): boolean {
  if (!isBegun(path) || !hasMagic(path)) return false;
  try {
    return reading(
      path,
      (db) => pragma(db, 'application_id') === applicationId && pragma(db, 'user_version') < schemaVersion,
    );
  } catch {
    // It can't be read: who opens it says why.
    return false;
  }
}

function hasContent(db: DatabaseSync): boolean {
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  return tables > 0 || pragma(db, 'application_id') !== 0 || pragma(db, 'user_version') !== 0;
}

function assertUsable(file: DatabaseFile): void {
  if (!hasMagic(file.path))
    throw refused('file_foreign', `${file.path} is not a database of this platform. ${LEFT_ALONE}`);
  try {
    reading(file.path, (db) => assertOurs(db, file));
  } catch (cause) {
    throw isFault(cause)
      ? cause
      : isCorrupt(cause)
        ? damaged(file, (cause as Error).message, cause)
        : storageFault(file.path, cause);
  }
}

/** Read-only: closing a connection that can write would move the write-ahead log into the file and delete it, whatever they are. */
function reading<Value>(path: string, look: (db: DatabaseSync) => Value): Value {
  const db = new DatabaseSync(path, { timeout: 0, readOnly: true });
  try {
    return look(db);
  } finally {
    db.close();
  }
}

function create(db: DatabaseSync, file: DatabaseFile): void {
  db.exec(
    `BEGIN IMMEDIATE; ${file.schema} PRAGMA application_id = ${file.applicationId}; PRAGMA user_version = ${file.schemaVersion}; COMMIT;`,
  );
}

function hasMagic(path: string): boolean {
  const header = Buffer.alloc(SQLITE_MAGIC.length);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return header.toString('latin1') === SQLITE_MAGIC;
}

function assertOurs(db: DatabaseSync, file: DatabaseFile): void {
  const applicationId = pragma(db, 'application_id');
  if (applicationId !== file.applicationId)
    throw refused('file_foreign', `${file.path} is a database of another program. ${LEFT_ALONE}`);
  const version = pragma(db, 'user_version');
  if (version !== file.schemaVersion)
    throw refused(
      'file_version',
      `${file.path} has schema version ${version}; this version of the platform reads ${file.schemaVersion}`,
    );
  if (statSync(file.path).size > QUICK_CHECK_BYTES_MAX) return;
  const found = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (found.quick_check !== 'ok') throw damaged(file, found.quick_check);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number((db.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>)[name]);
}

function damaged({ path, remedy }: Pick<DatabaseFile, 'path' | 'remedy'>, detail: string, cause?: unknown): Fault {
  return new Fault('file_damaged', `${path} is damaged (${detail}). It was left as it is: ${remedy}`, {
    retryable: false,
    cause,
  });
}

function refused(code: string, message: string): Fault {
  return new Fault(code, message, { retryable: false });
}

/** SQLite's primary result codes: https://sqlite.org/rescode.html */
const SQLITE = { BUSY: 5, READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26 } as const;

function resultCode(cause: unknown): number | undefined {
  const code = (cause as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

function isCorrupt(cause: unknown): boolean {
  const code = resultCode(cause);
  return code === SQLITE.CORRUPT || code === SQLITE.NOTADB;
}

/** SQLite's own errors, as it throws them. */
export function isStorageError(cause: unknown): boolean {
  return resultCode(cause) !== undefined;
}

/** Any error of the storage as a Fault that says what a person can do about it. */
export function storageFault(path: string, cause: unknown): Fault {
  switch (resultCode(cause)) {
    case SQLITE.FULL:
      return full(path, cause);
    case SQLITE.BUSY:
      return new Fault('storage_busy', `another process uses ${path}`, { retryable: true, cause });
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return damaged({ path, remedy: 'stop, and restore or remake it' }, String((cause as Error).message), cause);
    case SQLITE.READONLY:
    case SQLITE.CANTOPEN:
      return new Fault('storage_unwritable', `${path} can't be opened for writing: look at the folder's permissions`, {
        retryable: false,
        cause,
      });
    case SQLITE.IOERR:
      if (isDiskFull(path)) return full(path, cause);
      return new Fault('storage_io', `reading or writing ${path} failed: ${(cause as Error).message}`, {
        retryable: false,
        cause,
      });
    default:
      return new Fault('storage_failed', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        retryable: false,
        cause,
      });
  }
}

function full(path: string, cause: unknown): Fault {
  return new Fault(
    'storage_full',
    `the disk that holds ${path} is full. Nothing was lost; free some space and start again`,
    { retryable: false, cause },
  );
}

/** Some of SQLite's I/O errors are a full disk by another name. */
function isDiskFull(path: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize < FREE_BYTES_MIN;
}
