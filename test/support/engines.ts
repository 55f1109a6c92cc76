import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ensureInstalled, missingFor } from '../../tools/engines/cache.ts';
import { ENGINES, type EngineName } from '../../tools/engines/catalog.ts';
import type { Ports } from '../../tools/engines/engine.ts';
import { findTools } from '../../tools/engines/needs.ts';
import { type Started, startServer } from '../../tools/engines/start.ts';

export type RunningEngine = Awaited<ReturnType<typeof startEngine>>;

const STOP_TIMEOUT_MS = 10_000;
const found = findTools();

/**
 * Why this machine can't have the engine, as a test's `skip`: false when it can. Where CI=true it is never left out: what
 * is missing is then a failure.
 */
export function lacks(name: EngineName): string | false {
  const missing = missingFor(ENGINES[name], found);
  if (missing.length === 0) return false;
  const why = `${name} needs ${missing.join(' and ')}`;
  if (process.env['CI'] === 'true') throw new Error(why);
  return why;
}

/** The folder of an engine that isn't a server, or of one that is. */
export function bringEngine(name: EngineName): Promise<string> {
  return ensureInstalled(ENGINES[name], found);
}

/** One of this test's own, which ends with it. Where the environment names endpoints, those are taken instead. */
export async function useEngine(t: Pick<TestContext, 'after'>, name: EngineName): Promise<RunningEngine> {
  const engine = await startEngine(name);
  t.after(() => engine.stop());
  return engine;
}

/** To be stopped by the caller; ends with this process in any case. */
export async function startEngine(name: EngineName) {
  const folder = mkdtempSync(join(tmpdir(), `florin-${name}-`));
  const own = join(folder, 'instance');
  let started: Started | null = await launch(null);
  const { ports, endpoints } = started;

  async function launch(before: Ports | null): Promise<Started> {
    const next = await startServer(ENGINES[name], { found, folder: own, ports: before, detached: false });
    process.once('exit', () => next.child.kill('SIGKILL'));
    return next;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (started === null) return;
    const { child } = started;
    started = null;
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    if (child.exitCode === null && child.signalCode === null) await ended;
    clearTimeout(late);
  }

  return {
    endpoints,
    kill: () => end('SIGKILL'),
    /** On the same ports and data. */
    restart: async () => {
      await end('SIGTERM');
      started = await launch(ports);
    },
    stop: async () => {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
