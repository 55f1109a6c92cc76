import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** The root of the project. */
export const ROOT = resolve(import.meta.dirname, '../..');

export type Ended = { code: number | null; signal: NodeJS.Signals | null };

export type ChildOptions = { file: string; args?: readonly string[]; env: Readonly<Record<string, string>> };

export type Child = {
  pid: number;
  /** All it has printed so far, both streams. */
  output: () => string;
  /** Resolves with the first match on its output; rejects when it ends before. */
  printed: (pattern: RegExp, timeoutMs?: number) => Promise<RegExpExecArray>;
  /** Resolves when it has ended, however. */
  ended: Promise<Ended>;
  hasEnded: () => boolean;
  signal: (signal: NodeJS.Signals) => void;
  /** Signals and waits; one that hasn't ended by then is killed, and that is an error. */
  end: (signal: NodeJS.Signals) => Promise<Ended>;
};

const PRINT_TIMEOUT_MS = 20_000;
const END_TIMEOUT_MS = 20_000;
const LOOK_EVERY_MS = 5;
const OUTPUT_CHARACTERS_MAX = 200_000;
const END_WITH_PARENT = pathToFileURL(resolve(import.meta.dirname, 'endWithParent.ts')).href;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Runs a TypeScript file with this very node and nothing of our environment: neither the test runner's variables nor its IPC channel
 * reach the child, so that it behaves as it does in a shell.
 */
export function startChild({ file, args = [], env }: ChildOptions): Child {
  const flags = ['--disable-warning=ExperimentalWarning', '--import', END_WITH_PARENT];
  const child = spawn(process.execPath, [...flags, file, ...args], {
    cwd: ROOT,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { pid, stdout, stderr } = child;
  if (pid === undefined) throw new Error(`${file} could not be started`);
  running.add(child);
  // A pipe into a process that was killed says so; nobody needs to hear it.
  child.stdin.on('error', () => {});
  let output = '';
  for (const stream of [stdout, stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_CHARACTERS_MAX);
    });
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const ended = once(child, 'close').then((): Ended => {
    running.delete(child);
    return { code: child.exitCode, signal: child.signalCode };
  });
  return {
    pid,
    ended,
    hasEnded,
    output: () => output,
    printed: (pattern, timeoutMs = PRINT_TIMEOUT_MS) =>
      waitForOutput({ file, pattern, timeoutMs, hasEnded, output: () => output }),
    signal: (signal) => void child.kill(signal),
    end: (signal) => endChild(child, { file, signal, ended }),
  };
}

type Waiting = {
  file: string;
  pattern: RegExp;
  timeoutMs: number;
  hasEnded: () => boolean;
  output: () => string;
};

async function waitForOutput({ file, pattern, timeoutMs, hasEnded, output }: Waiting): Promise<RegExpExecArray> {
  const latest = performance.now() + timeoutMs;
  for (;;) {
    const over = hasEnded() || performance.now() > latest;
    const match = pattern.exec(output());
    if (match !== null) return match;
    if (over) throw new Error(`${file} ended or hung without printing ${pattern}:\n${output()}`);
    await sleep(LOOK_EVERY_MS);
  }
}

type Ending = { file: string; signal: NodeJS.Signals; ended: Promise<Ended> };

async function endChild(child: ChildProcess, { file, signal, ended }: Ending): Promise<Ended> {
  child.kill(signal);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, END_TIMEOUT_MS);
  const how = await ended;
  clearTimeout(timer);
  if (late) throw new Error(`${file} did not end within ${END_TIMEOUT_MS} ms of ${signal}`);
  return how;
}
