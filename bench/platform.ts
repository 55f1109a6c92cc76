import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Children } from './children.ts';

export type Platform = Awaited<ReturnType<typeof startPlatform>>;

type DevClient = { client_id: string; client_secret: string; token_url: string };

/** One client sends all there is. Its requests are counted all the same. */
const UNLIMITED = {
  FLORIN_RATE_LIMIT_READS_PER_SECOND: '9999999',
  FLORIN_RATE_LIMIT_WRITES_PER_SECOND: '9999999',
  FLORIN_RATE_LIMIT_TOKENS_PER_SECOND: '0',
};

const CATCH_UP_MS = 120_000;
const LOOK_EVERY_MS = 20;

/** The platform as it is, and the simulator in a process of its own with a file for its books. */
export async function startPlatform({
  children,
  folder,
  nodeFlags,
}: {
  children: Children;
  folder: string;
  nodeFlags: readonly string[];
}) {
  const data = join(folder, 'platform');
  mkdirSync(data);
  const apiKey = 'sim_bench_key';
  const simulator = children.start({
    name: 'simulator',
    entry: 'src/simulator/main.ts',
    env: { PORT: '0', FLORIN_SIMULATOR_DATA: join(folder, 'simulator.sqlite'), FLORIN_SIMULATOR_API_KEY: apiKey },
  });
  const simulatorUrl = await simulator.url();
  const server = children.start({
    name: 'server',
    entry: 'src/entry/local/main.ts',
    env: {
      PORT: '0',
      FLORIN_DATA: data,
      FLORIN_SIMULATOR_URL: simulatorUrl,
      FLORIN_SIMULATOR_API_KEY: apiKey,
      ...UNLIMITED,
    },
    nodeFlags,
  });
  const url = await server.url();
  return { server, simulator, simulatorUrl, apiKey, port: Number(new URL(url).port), data };
}

/** Signed tokens from the token endpoint, each another. */
export async function fetchTokens({ data }: Pick<Platform, 'data'>, count: number): Promise<string[]> {
  const client = JSON.parse(readFileSync(join(data, 'dev-client.json'), 'utf8')) as DevClient;
  const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
  const tokens: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const response = await fetch(client.token_url, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`);
    tokens.push(((await response.json()) as { access_token: string }).access_token);
  }
  return tokens;
}

/** Waits until all that follows the journal has followed it, so that this work is counted too. Resolves with the time it took. */
export async function waitForConsumers({ data }: Pick<Platform, 'data'>): Promise<number> {
  const began = performance.now();
  const journal = new DatabaseSync(join(data, 'journal.sqlite'), { readOnly: true });
  const derived = new DatabaseSync(join(data, 'derived.sqlite'), { readOnly: true });
  const head = journal.prepare('SELECT max(position) AS position FROM commits');
  const slowest = derived.prepare('SELECT min(position) AS position FROM positions');
  try {
    while (slowest.get()?.['position'] !== head.get()?.['position']) {
      if (performance.now() - began > CATCH_UP_MS)
        throw new Error('the consumers of the feed did not catch up with the journal');
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  } finally {
    journal.close();
    derived.close();
  }
  return performance.now() - began;
}

/** The whole size of a database file on disk, with all that its log held moved into it. Nobody may use it any more. */
export function bytesOnDisk(path: string): number {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  return statSync(path).size;
}
