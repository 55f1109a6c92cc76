import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import type { Options } from './options.ts';

/** The platform that is paid with, and how to sign in to it. */
export type Target = {
  url: string;
  /** For people: whose it is. */
  what: string;
  authorization: string;
  stop: () => Promise<void>;
};

const MAIN = fileURLToPath(new URL('../src/entry/local/main.ts', import.meta.url));
const START_MS = 30_000;
const LOOK_MS = 2000;
const PORT_DEFAULT = '8080';
const RUNNING = /Florin is running at (http:\/\/127\.0\.0\.1:\d+)/;

/** Throws an Error that says in one sentence why there is none. */
export async function findTarget({ url, own }: Options, env: NodeJS.ProcessEnv): Promise<Target> {
  const folder = env['FLORIN_DATA'] || '.florin';
  const wanted = url ?? `http://127.0.0.1:${env['PORT'] || PORT_DEFAULT}`;
  if (!own && (url !== null || (await isFlorin(wanted)))) {
    return {
      url: wanted,
      what: 'which was running',
      authorization: await signIn(wanted, folder),
      stop: async () => {},
    };
  }
  return await startOwn();
}

async function isFlorin(url: string): Promise<boolean> {
  try {
    const answer = await request(`${url}/healthz`, { headersTimeout: LOOK_MS });
    return answer.statusCode === 200 && ((await answer.body.json()) as { status?: unknown }).status === 'ok';
  } catch {
    return false;
  }
}

async function startOwn(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'florin-demo-'));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: '0', FLORIN_DATA: folder },
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = await printedUrl(child.stdout);
    return { url, what: 'its own, in a folder that goes with it', authorization: await signIn(url, folder), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function printedUrl(output: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the platform did not start')), START_MS);
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const url = RUNNING.exec(text)?.[1];
      if (url === undefined) return;
      clearTimeout(late);
      resolve(url);
    });
    output.once('end', () => reject(new Error('the platform did not start: it says why above')));
  });
}

/** As the development client in the data folder. */
async function signIn(url: string, folder: string): Promise<string> {
  const file = join(folder, 'dev-client.json');
  let client: { client_id: string; client_secret: string };
  try {
    client = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(
      `${file} can't be read: set FLORIN_DATA to the data folder of the platform at ${url}, or use --own`,
    );
  }
  const credentials = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
  const answer = await request(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  }).catch((cause: Error) => {
    throw new Error(`${url} can't be reached: ${cause.message}`);
  });
  const body = (await answer.body.json()) as { access_token?: string; error?: string };
  if (body.access_token === undefined)
    throw new Error(`${url} refused the client of ${file} (${answer.statusCode} ${body.error ?? ''})`);
  return `Bearer ${body.access_token}`;
}
