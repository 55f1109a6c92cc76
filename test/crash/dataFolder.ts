import { createHash } from 'node:crypto';
import { closeSync, cpSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import type { ShownPayment } from '../support/wire.ts';

/** Data folders as the platform leaves them; every test damages a copy. */
export type Samples = {
  /** After a stop: everything is in the files themselves. */
  stopped: string;
  /** After kill -9: the newest commits are in the write-ahead logs. */
  killed: string;
  /** The journal of both as it was some payments ago. */
  olderJournal: string;
  /** Another installation. */
  other: string;
  /** All payments of `stopped`, newest first. */
  payments: ShownPayment[];
};

const PAYMENTS = 60;
const LISTED_TIMEOUT_MS = 10_000;
const DAMAGE = 0xa5;
const PAGE_BYTES = 4096;
/** The lock and the shared memory of SQLite are no one's data. */
const SCRATCH = /^lock|-shm$/;

export async function makeSamples(simulatorUrl: string): Promise<Samples> {
  const folder = temporaryFolder();
  await using server = await startServer({ folder, simulatorUrl });
  await using client = await createApiClient(server);
  const payMany = (name: string) =>
    Promise.all(
      Array.from({ length: PAYMENTS }, (_, n) =>
        client.pay({ key: `${name}-${n}`, amount: 100 + n, token: n % 5 === 0 ? 'tok_declined' : 'tok_approved' }),
      ),
    );

  await payMany('first');
  await server.stop();
  const olderJournal = join(temporaryFolder(), 'journal.sqlite');
  cpSync(join(folder, 'journal.sqlite'), olderJournal);

  await server.restart();
  await payMany('second');
  const payments = await until('all are listed', async () => complete(await client.listAll()), LISTED_TIMEOUT_MS);
  await server.stop();
  const stopped = copyOf(folder);

  await server.restart();
  await payMany('third');
  await server.kill();
  return { stopped, killed: copyOf(folder), olderJournal, other: await makeOther(simulatorUrl), payments };
}

function complete(listed: ShownPayment[]): ShownPayment[] | null {
  return listed.length === 2 * PAYMENTS ? listed : null;
}

async function makeOther(simulatorUrl: string): Promise<string> {
  await using server = await startServer({ folder: temporaryFolder(), simulatorUrl });
  await using client = await createApiClient(server);
  await client.pay({ key: 'other', amount: 100, token: 'tok_approved' });
  await server.stop();
  return server.folder;
}

export function copyOf(folder: string): string {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** One page of garbage in the middle of a file. */
export function overwriteMiddle(path: string): void {
  const pages = Math.floor(statSync(path).size / PAGE_BYTES);
  overwrite(path, Math.floor(pages / 2) * PAGE_BYTES, PAGE_BYTES);
}

/** Garbage from a position on. */
export function overwrite(path: string, position: number, bytes: number): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, Buffer.alloc(bytes, DAMAGE), 0, bytes, position);
  } finally {
    closeSync(file);
  }
}

/** A SQLite database with a table of its own; `unfinished` leaves the row in the write-ahead log, as a program that was killed does. */
export function writeForeignDatabase(path: string, { unfinished }: { unfinished: boolean }): void {
  const original = join(temporaryFolder(), 'foreign.sqlite');
  const db = new DatabaseSync(original);
  db.exec(
    "PRAGMA journal_mode = WAL; CREATE TABLE songs (title TEXT); PRAGMA wal_checkpoint; INSERT INTO songs VALUES ('Für Elise');",
  );
  if (!unfinished) db.close();
  cpSync(original, path);
  if (!unfinished) return;
  cpSync(`${original}-wal`, `${path}-wal`);
  db.close();
}

export function setUserVersion(path: string, version: number): void {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA user_version = ${version}`);
  db.close();
}

/** Changes a stored text without changing its length: still a good database. */
export function replaceBytes(path: string, from: string, to: string): number {
  const bytes = readFileSync(path);
  let count = 0;
  for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from, at + to.length)) {
    bytes.write(to, at, 'latin1');
    count += 1;
  }
  writeFileSync(path, bytes);
  return count;
}

/** What is in a folder, by name; a file that is there and empty counts as none. */
export function hashesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => !SCRATCH.test(name) && statSync(join(folder, name)).size > 0);
  return Object.fromEntries(
    names.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')
        .slice(0, 16),
    ]),
  );
}
