import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engine.ts';
import type { Found, Tools } from './needs.ts';
import { NEEDED } from './needs.ts';

const LOOK_EVERY_MS = 200;
/** Longer than any download; whoever held the lock is gone by then. */
const LOCK_STALE_MS = 15 * 60_000;
const COMPLETE = '.complete';

/** What it needs and this machine lacks, in words. */
export function missingFor({ needs }: Engine, found: Found): string[] {
  return needs.filter((tool) => found[tool] === null).map((tool) => NEEDED[tool]);
}

/** The folder it lies in; brought there first if it isn't. Several processes may ask at once. Throws when it can't be brought. */
export async function ensureInstalled(engine: Engine, found: Found): Promise<string> {
  const folder = path.join(cacheFolder(), `${engine.name}-${engine.version}`);
  if (isComplete(folder)) return folder;
  const missing = missingFor(engine, found);
  if (missing.length > 0) throw new Error(`${engine.name} needs ${missing.join(' and ')}`);
  mkdirSync(cacheFolder(), { recursive: true });
  const unlock = await lock(`${folder}.lock`, () => isComplete(folder));
  try {
    if (isComplete(folder)) return folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    await engine.install(folder, found as Tools);
    writeFileSync(path.join(folder, COMPLETE), '');
    return folder;
  } finally {
    unlock();
  }
}

function cacheFolder(): string {
  return process.env['FLORIN_ENGINES'] || path.join(homedir(), '.cache', 'florin', 'engines');
}

function isComplete(folder: string): boolean {
  return existsSync(path.join(folder, COMPLETE));
}

async function lock(file: string, isOver: () => boolean): Promise<() => void> {
  const unlock = () => rmSync(file, { recursive: true, force: true });
  while (!isOver()) {
    try {
      mkdirSync(file);
      return unlock;
    } catch {
      const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > LOCK_STALE_MS) unlock();
      await sleep(LOOK_EVERY_MS);
    }
  }
  return () => {};
}
