import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startChild } from '../support/childProcess.ts';
import { until } from '../support/until.ts';

const MAIN = 'src/entry/local/verify/main.ts';
const FOLLOWED_TIMEOUT_MS = 15_000;
const ROOT_TIMEOUT_MS = 15_000;

export type Verified = { code: number | null; output: string };

/** `npm run verify` as a person runs it. */
export async function runVerify(folder: string, simulatorUrl: string | null): Promise<Verified> {
  const simulator: Record<string, string> = simulatorUrl === null ? {} : { FLORIN_SIMULATOR_URL: simulatorUrl };
  const child = startChild({ file: MAIN, env: { FLORIN_DATA: folder, ...simulator } });
  const { code } = await child.ended;
  return { code, output: child.output() };
}

/** Everything that follows the journal has come to its end; the server may run. */
export async function untilFollowed(folder: string): Promise<void> {
  await until(
    'the consumers are at the end of the feed',
    () => {
      const [followed, head] = [
        read(folder, 'derived.sqlite', 'SELECT min(position) AS value FROM positions'),
        read(folder, 'journal.sqlite', 'SELECT max(position) AS value FROM commits'),
      ];
      return head !== null && followed === head;
    },
    FOLLOWED_TIMEOUT_MS,
  );
}

/** The server has signed a root over what it holds: the first a few seconds after its first start. */
export async function untilRootSigned(folder: string): Promise<void> {
  await until(
    'a root is signed',
    () => (read(folder, 'journal.sqlite', 'SELECT count(*) AS value FROM roots') ?? 0) > 0,
    ROOT_TIMEOUT_MS,
  );
}

function read(folder: string, name: string, sql: string): number | null {
  const db = new DatabaseSync(join(folder, name), { readOnly: true, timeout: 1000 });
  try {
    return (db.prepare(sql).get() as { value: number | null }).value;
  } finally {
    db.close();
  }
}
