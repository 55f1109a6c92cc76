// Brings node_modules to what package-lock.json says. Plain JavaScript for Node 20, like launch.mjs, which calls it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const pollMs = 100;
const lockStaleMs = 15 * 60_000;

/**
 * Installs when the lock changed since the last time. Cheap when it did not: two small files are read and hashed.
 * @returns {string | undefined} why it could not, for the user
 */
export function ensureInstalled(root) {
  const stamp = path.join(root, 'node_modules', '.florin-installed');
  const wanted = fingerprint(root);
  if (read(stamp) === wanted) return undefined;
  return withLock(root, () => {
    if (read(stamp) === wanted) return undefined; // another launch did it while this one waited
    if (!agreesWithLock(root)) {
      const problem = install(root);
      if (problem !== undefined) return problem;
    }
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, wanted);
    return undefined;
  });
}

/** Scripts and the like in package.json may change without a new installation; what is depended on may not. */
function fingerprint(root) {
  const { dependencies, devDependencies, optionalDependencies, overrides, workspaces } =
    parse(root, 'package.json') ?? {};
  const declared = { dependencies, devDependencies, optionalDependencies, overrides, workspaces };
  return createHash('sha256')
    .update(`${process.platform} ${process.arch}\n${JSON.stringify(declared)}\n`)
    .update(read(path.join(root, 'package-lock.json')) ?? '')
    .digest('hex');
}

/** True after somebody ran `npm ci` or `npm install` by hand: npm's own record then holds all that the lock asks for. */
function agreesWithLock(root) {
  const wanted = parse(root, 'package-lock.json')?.packages;
  const present = parse(root, 'node_modules/.package-lock.json')?.packages;
  if (wanted === undefined || present === undefined) return false;
  const missing = Object.entries(wanted).some(
    ([name, entry]) => name !== '' && isNeededHere(entry) && present[name]?.version !== entry.version,
  );
  const surplus = Object.keys(present).some((name) => wanted[name]?.version !== present[name].version);
  return !missing && !surplus;
}

function isNeededHere(entry) {
  // What is optional and names no platform comes along with something that does (a WebAssembly fallback, say).
  if (entry.libc !== undefined || (entry.optional && entry.os === undefined && entry.cpu === undefined)) return false;
  return allows(entry.os, process.platform) && allows(entry.cpu, process.arch);
}

function allows(names, name) {
  return names === undefined || [names].flat().includes(name);
}

function install(root) {
  process.stderr.write('installing what package-lock.json asks for (npm ci) …\n');
  // The flags outweigh NODE_ENV=production and a configured `omit`: the checks and the newer Node are among what they drop.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = spawnSync('npm', args, { cwd: root, env: installEnvironment(root), stdio: ['ignore', 2, 2] });
  if (done.error) return `could not run npm (${done.error.message}): install Node with npm, then try again`;
  if (done.status === 0) return undefined;
  return `npm ci failed (${done.signal ?? `exit code ${done.status}`}); its words are above. Nothing was started.`;
}

/** Without node_modules/.bin on the PATH: npm would run on the very Node that it deletes. */
function installEnvironment(root) {
  const own = path.join(root, 'node_modules');
  const entries = (process.env.PATH ?? '').split(path.delimiter).filter((entry) => !entry.startsWith(own));
  return { ...process.env, PATH: entries.join(path.delimiter) };
}

/** One installation at a time. The lock lies outside node_modules, which npm ci removes, and holds its owner's pid. */
function withLock(root, action) {
  const lock = path.join(root, '.cache', 'install.lock');
  const mine = `${lock}.${process.pid}`;
  mkdirSync(path.dirname(lock), { recursive: true });
  writeFileSync(mine, String(process.pid));
  try {
    for (let told = false; !take(mine, lock); told = true) {
      if (!told) process.stderr.write('waiting for another installation to end …\n');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
    }
    try {
      return action();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A link appears whole or not at all, so nobody reads a lock that has no pid yet. */
function take(mine, lock) {
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const owner = read(lock);
  if (owner !== undefined && !isHeld(lock, owner)) clearStale(lock, owner, `${mine}.stale`);
  return false;
}

function isHeld(lock, owner) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > lockStaleMs) return false;
    process.kill(Number(owner), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moved away before it is dropped: if somebody else cleared it first, this one is theirs and is put back. */
function clearStale(lock, owner, aside) {
  try {
    renameSync(lock, aside);
    if (read(aside) !== owner && !existsSync(lock)) linkSync(aside, lock);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(root, name) {
  const text = read(path.join(root, name));
  return text === undefined ? undefined : JSON.parse(text);
}
