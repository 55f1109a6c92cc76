import { spawn } from 'node:child_process';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export const root = path.dirname(import.meta.dirname);

export type Ended = { ok: boolean; output: string };

/** Runs an installed tool (by its name in node_modules/.bin) on this Node, and keeps what it prints. Never rejects. */
export function runTool(name: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules', '.bin', name), ...args], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = () => child.kill();
    process.once('exit', stop);
    const parts: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => parts.push(part));
    }
    const end = (ok: boolean) => {
      process.removeListener('exit', stop);
      const output = parts.join('');
      // Not every tool heeds FORCE_COLOR.
      resolve({ ok, output: process.stdout.isTTY ? output : stripVTControlCharacters(output) });
    };
    child.on('error', (error) => {
      parts.push(String(error));
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}
