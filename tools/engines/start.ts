import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureInstalled } from './cache.ts';
import type { Engine, EngineServer, Place, Ports } from './engine.ts';
import type { Found, Tools } from './needs.ts';

export type Started = { child: ChildProcess; pid: number; ports: Ports; endpoints: Readonly<Record<string, string>> };

const START_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 50;
const LOG_TAIL_CHARACTERS = 2000;

export type StartOptions = {
  found: Found;
  /** The instance's own: its data, configuration and log. Kept from the last time, if it is there. */
  folder: string;
  /** Those of the last time, for a restart; null for free ones. */
  ports: Ports | null;
  /** Outlives us. */
  detached: boolean;
};

/** Starts a server and waits until it answers. Throws with the end of its log when it doesn't. */
export async function startServer(engine: Engine, options: StartOptions): Promise<Started> {
  const { server } = engine;
  if (server === null) throw new Error(`${engine.name} is not a server`);
  const installed = await ensureInstalled(engine, options.found);
  const ports = options.ports ?? (await freePorts(server.ports));
  const place: Place = { installed, tools: options.found as Tools, folder: options.folder, ports };
  const isNew = !existsSync(place.folder);
  mkdirSync(place.folder, { recursive: true });
  if (isNew) await server.prepare?.(place);
  const child = launch(server, place, options.detached);
  await untilHealthy(engine, { server, place, child });
  return { child, pid: child.pid ?? 0, ports, endpoints: server.endpoints(ports) };
}

export function logOf(folder: string): string {
  return path.join(folder, 'log.txt');
}

function launch(server: EngineServer, place: Place, detached: boolean): ChildProcess {
  const { file, args, env } = server.command(place);
  const log = openSync(logOf(place.folder), 'a');
  const child = spawn(file, args, {
    cwd: place.folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
    detached,
  });
  closeSync(log);
  child.once('error', () => {});
  if (detached) child.unref();
  return child;
}

type Waiting = { server: EngineServer; place: Place; child: ChildProcess };

async function untilHealthy({ name }: Engine, { server, place, child }: Waiting): Promise<void> {
  const latest = performance.now() + START_TIMEOUT_MS;
  while (!(await server.isHealthy(place))) {
    const hasEnded = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || performance.now() > latest) {
      child.kill('SIGKILL');
      const log = readFileSync(logOf(place.folder), 'utf8').slice(-LOG_TAIL_CHARACTERS);
      throw new Error(`${name} ${hasEnded ? 'ended' : 'does not answer'} after its start:\n${log}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function freePorts(names: readonly string[]): Promise<Ports> {
  const holders = await Promise.all(names.map(() => hold()));
  const ports = Object.fromEntries(names.map((name, n) => [name, holders[n]?.port ?? 0]));
  await Promise.all(holders.map(({ release }) => release()));
  return ports;
}

/** All are held until all are known, so that none is given twice. */
function hold(): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : 0,
        release: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}
