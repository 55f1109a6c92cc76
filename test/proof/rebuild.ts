import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSystemClock, createSystemRandom, createSystemTimers } from '#adapters/system/clock.ts';
import type { Log } from '#core/kit/log.ts';
import { createLedgerProjection } from '#core/ledger/projection.ts';
import { createHistories } from '#core/payments/history.ts';
import { openStorage } from '#entry/local/storage.ts';
import { echoesReferences } from '#entry/providers.ts';
import { createFollowPayments } from '#workers/followPayments.ts';
import { until } from '../support/until.ts';

const REBUILT_TIMEOUT_MS = 10_000;

export type Tables = Readonly<Record<string, readonly unknown[]>>;

export function deleteDerived(folder: string): void {
  for (const name of readdirSync(folder).filter((found) => found.startsWith('derived.sqlite')))
    rmSync(join(folder, name));
}

/** What a start makes of the journal alone, with nobody there who pays, pursues or is told anything. */
export async function rebuildDerived(folder: string): Promise<void> {
  deleteDerived(folder);
  const [clock, random] = [createSystemClock(), createSystemRandom()];
  const failures: unknown[] = [];
  const options = { random, now: clock.now(), echoesReferences, onFailed: (fault: Error) => failures.push(fault) };
  const storage = await openStorage(folder, options);
  const log: Log = { info: () => {}, error: (message, fields) => failures.push([message, fields]) };
  const follower = createFollowPayments({
    ...storage,
    projections: [...storage.projections, createLedgerProjection({ ...storage, clock, log })],
    histories: createHistories({ journal: storage.journal, clock, random }),
    clock,
    timers: createSystemTimers(),
    log,
  });
  async function end(): Promise<void> {
    await follower.stop();
    return storage.close();
  }
  try {
    await until('everything is followed', () => follower.lag() === 0, REBUILT_TIMEOUT_MS);
  } finally {
    await end();
  }
  if (failures.length > 0) throw new Error(`the rebuild had failures: ${JSON.stringify(failures)}`);
}

/** Every row of every table, sorted. */
export function readTables(folder: string): Tables {
  const db = new DatabaseSync(join(folder, 'derived.sqlite'), { readOnly: true });
  try {
    const names = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all() as {
      name: string;
    }[];
    return Object.fromEntries(
      names.map(({ name }) => [
        name,
        db
          .prepare(`SELECT * FROM ${name}`)
          .all()
          .map((row) => JSON.stringify(row))
          .sort(),
      ]),
    );
  } finally {
    db.close();
  }
}
