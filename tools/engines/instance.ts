import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineName } from './catalog.ts';
import { ENGINES, isEngineName } from './catalog.ts';
import type { Ports } from './engine.ts';
import type { Found } from './needs.ts';
import { startServer } from './start.ts';

/** What is known of a server that was started: kept in a file, so that another process can stop it. */
export type Running = {
  name: EngineName;
  pid: number;
  ports: Ports;
  endpoints: Readonly<Record<string, string>>;
  startedAt: string;
};

const STATE = 'running.json';
const STOP_TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** Several side by side, a folder each. */
export function instanceFolder(root: string, instance: string): string {
  return path.join(root, '.engines', instance);
}

/** Those that live, by name. */
export function listRunning(folder: string): Running[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(isEngineName)
    .flatMap((name) => {
      const running = readState(path.join(folder, name));
      return running !== null && isAlive(running) ? [running] : [];
    });
}

/** The one that runs, or a new one; on the folder and ports of the last time when there was one. */
export async function up(folder: string, name: EngineName, found: Found): Promise<Running & { isNew: boolean }> {
  const own = path.join(folder, name);
  const last = readState(own);
  if (last !== null && isAlive(last)) return { ...last, isNew: false };
  mkdirSync(folder, { recursive: true });
  const { pid, ports, endpoints } = await startServer(ENGINES[name], {
    found,
    folder: own,
    ports: last?.ports ?? null,
    detached: true,
  });
  const running: Running = { name, pid, ports, endpoints, startedAt: new Date().toISOString() };
  writeFileSync(path.join(own, STATE), `${JSON.stringify(running, null, 2)}\n`);
  return { ...running, isNew: true };
}

/** Ends it, by force if it doesn't want to. Its data stays unless `erase`. */
export async function down(folder: string, running: Running, { erase }: { erase: boolean }): Promise<void> {
  const late = performance.now() + STOP_TIMEOUT_MS;
  signal(running, 'SIGTERM');
  while (isAlive(running)) {
    if (performance.now() > late) signal(running, 'SIGKILL');
    await sleep(LOOK_EVERY_MS);
  }
  if (erase) rmSync(path.join(folder, running.name), { recursive: true, force: true });
}

function readState(own: string): Running | null {
  const file = path.join(own, STATE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Running) : null;
}

/** A process with this number that is still the one we started: numbers are used again. */
function isAlive({ name, pid }: Running): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,args=', '-p', String(pid)], { encoding: 'utf8' });
  const { version } = ENGINES[name];
  return stdout.includes(`${name}-${version}`) && !stdout.trimStart().startsWith('Z');
}

function signal({ pid }: Running, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}
