import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '#core/kit/fault.ts';
import { storageFault } from './open.ts';

/**
 * One process a data folder. The lock is SQLite's own on a file of its own: the system releases it when the process ends, however it
 * ends, so there is no stale lock to clear; the other files stay readable for tools.
 */
export function lockFolder(folder: string): { release: () => void } {
  const path = join(folder, 'lock');
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;');
  } catch (cause) {
    db.close();
    const fault = storageFault(path, cause);
    if (fault.code !== 'storage_busy') throw fault;
    throw new Fault(
      'folder_in_use',
      `another process is running on ${folder}. Stop it, or set FLORIN_DATA to another folder`,
      { retryable: false, cause },
    );
  }
  return { release: () => db.close() };
}
