import type { DatabaseSync } from 'node:sqlite';
import { storageFault } from './open.ts';

/** Synchronous statements to run inside the next transaction. It must not throw for anything expected. */
type Work<Value> = () => Value;
type Waiting = { work: Work<unknown>; resolve: (value: unknown) => void; reject: (reason: unknown) => void };

/**
 * All writes asked for within one turn of the event loop share one transaction and so one fsync. A promise resolves after
 * its transaction is durable. When a transaction fails, it is rolled back and everyone in it gets the same Fault. `onFailed` is
 * told only of a fault that time won't cure: a lock that another program holds passes, and the next transaction is another one.
 *
 *   turn 1: write a, write b ──┐                 turn 2: write c ──┐
 *                              BEGIN a b COMMIT ── resolve a, b     BEGIN c COMMIT ── resolve c
 */
export function createGroupCommit(
  db: DatabaseSync,
  options: { path: string; onCommitted: () => void; onRolledBack?: () => void; onFailed: (fault: Error) => void },
) {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  let waiting: Waiting[] = [];

  function write<Value>(work: Work<Value>): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  function flush(): void {
    const group = waiting;
    waiting = [];
    const values: unknown[] = [];
    try {
      begin.run();
      for (const { work } of group) values.push(work());
      commit.run();
    } catch (cause) {
      fail(group, cause);
      return;
    }
    for (const [index, { resolve }] of group.entries()) resolve(values[index]);
    options.onCommitted();
  }

  function fail(group: readonly Waiting[], cause: unknown): void {
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
    const fault = storageFault(options.path, cause);
    for (const { reject } of group) reject(fault);
    options.onRolledBack?.();
    if (!fault.retryable) options.onFailed(fault);
  }

  return { write };
}

export type GroupCommit = ReturnType<typeof createGroupCommit>;
