import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, missingFor } from './cache.ts';
import { ENGINES, type EngineName, isEngineName } from './catalog.ts';
import { down, instanceFolder, listRunning, up } from './instance.ts';
import { findTools } from './needs.ts';
import { logOf } from './start.ts';

const USAGE = `usage: npm run engines -- <command> [name…] [--instance NAME]

  up [name…]      brings and starts them, all by default; prints where they are
  down [name…]    stops them and deletes their data; --keep keeps it
  status          what runs
  logs <name>     what it said
  bring [name…]   downloads them into the cache, and starts nothing

names: ${Object.keys(ENGINES).join(', ')}

Downloads are kept in ~/.cache/florin/engines, or where FLORIN_ENGINES says; data and logs in .engines/<instance>.`;

const root = path.resolve(import.meta.dirname, '../..');

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      instance: { type: 'string', default: 'default' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [command, ...names] = positionals;
  if (!/^[\w-]{1,40}$/.test(values.instance)) throw new Error('--instance takes letters, digits, - and _');
  const folder = instanceFolder(root, values.instance);
  switch (values.help === true ? undefined : command) {
    case 'up':
      await bringUp(folder, chosen(names));
      break;
    case 'down':
      await takeDown(folder, chosen(names), values.keep);
      break;
    case 'status':
      for (const running of listRunning(folder)) print(running);
      break;
    case 'logs':
      for (const name of chosen(names)) process.stdout.write(readFileSync(logOf(path.join(folder, name)), 'utf8'));
      break;
    case 'bring':
      await bring(chosen(names));
      break;
    default:
      process.stdout.write(`${USAGE}\n`);
      process.exitCode = values.help === true ? 0 : 2;
  }
} catch (error) {
  process.stderr.write(`engines: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

function chosen(names: readonly string[]): EngineName[] {
  const unknown = names.find((name) => !isEngineName(name));
  if (unknown !== undefined)
    throw new Error(`there is no engine ${unknown}; there are ${Object.keys(ENGINES).join(', ')}`);
  return names.length === 0 ? (Object.keys(ENGINES) as EngineName[]) : names.filter(isEngineName);
}

/** What the machine lacks leaves out that engine, by name, and the rest goes on. */
function available(names: readonly EngineName[]): EngineName[] {
  const found = findTools();
  return names.filter((name) => {
    const missing = missingFor(ENGINES[name], found);
    if (missing.length > 0) process.stdout.write(`${name.padEnd(16)} left out: it needs ${missing.join(' and ')}\n`);
    return missing.length === 0;
  });
}

async function bringUp(folder: string, names: readonly EngineName[]): Promise<void> {
  const found = findTools();
  const servers = available(names).filter((name) => ENGINES[name].server !== null);
  const results = await Promise.allSettled(servers.map(async (name) => print(await up(folder, name, found))));
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    process.stderr.write(`engines: ${(result.reason as Error).message}\n`);
    process.exitCode = 1;
  }
}

async function takeDown(folder: string, names: readonly EngineName[], keep: boolean): Promise<void> {
  const running = listRunning(folder).filter(({ name }) => names.includes(name));
  await Promise.all(running.map((one) => down(folder, one, { erase: !keep })));
  for (const { name } of running) process.stdout.write(`${name.padEnd(16)} stopped\n`);
  if (!keep && listRunning(folder).length === 0) rmSync(folder, { recursive: true, force: true });
}

async function bring(names: readonly EngineName[]): Promise<void> {
  const found = findTools();
  for (const name of available(names)) {
    await ensureInstalled(ENGINES[name], found);
    process.stdout.write(`${name.padEnd(16)} ${ENGINES[name].version}\n`);
  }
}

function print({ name, pid, endpoints }: ReturnType<typeof listRunning>[number]): void {
  const where = Object.entries(endpoints).map(([key, value]) => `${key}=${value}`);
  process.stdout.write(`${name.padEnd(16)} pid ${String(pid).padEnd(8)} ${where.join(' ')}\n`);
}
