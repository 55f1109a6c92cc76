import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../', import.meta.url);
const WRAPPER = fileURLToPath(new URL('./child.ts', import.meta.url));
const START_MS = 20_000;
/** Longer than the server gives requests under way to finish. */
const STOP_MS = 20_000;
const URL_ON_LOOPBACK = /http:\/\/127\.0\.0\.1:\d+/;

/** What a process has used since its start. */
export type Usage = { cpuMicros: number; rssBytes: number };

export type ChildOptions = {
  name: string;
  /** A path from the root of the repository. */
  entry: string;
  env?: Readonly<Record<string, string>>;
  nodeFlags?: readonly string[];
};

export type Child = ReturnType<typeof startChild>;
export type Children = ReturnType<typeof createChildren>;

/** As `npm start` has it; the floor gets the same. */
const YOUNG_GENERATION = '--max-semi-space-size=16';

type Message = { type: string };

/** The processes of one run, so that none outlives it. */
export function createChildren() {
  const running = new Set<Child>();

  function start(options: ChildOptions): Child {
    const child = startChild(options);
    running.add(child);
    void child.ended.then(() => running.delete(child));
    return child;
  }

  return {
    start,
    /** However they end. */
    stopAll: async () => void (await Promise.allSettled([...running].map((child) => child.stop()))),
  };
}

/** Starts a process of the bench's own. Whatever is asked of it fails when it ends before it has answered. */
function startChild({ name, entry, env = {}, nodeFlags = [] }: ChildOptions) {
  const flags = ['--disable-warning=ExperimentalWarning', YOUNG_GENERATION, ...nodeFlags];
  const child = spawn(process.execPath, [...flags, WRAPPER, fileURLToPath(new URL(entry, ROOT))], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Nothing of the caller's settings: two runs must differ only in what they say they differ in.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...env },
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const early = ended.then((how) => Promise.reject<never>(new Error(`the ${name} has ended (${how})`)));
  early.catch(() => {});

  /** Resolves with the answer of the question's type. One question of a type at a time. */
  async function ask<Answer>(question: Message, onProgress: () => void = () => {}): Promise<Answer> {
    return await Promise.race([early, converse<Answer>(child, question, onProgress)]);
  }

  async function url(): Promise<string> {
    return await Promise.race([early, readUrl(child), timeOut(START_MS, `the ${name} did not start`)]);
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const how = await ended;
    clearTimeout(late);
    if (how !== 'exit code 0') throw new Error(`the ${name} did not stop cleanly (${how})`);
  }

  return { ask, url, usage: () => ask<Usage & Message>({ type: 'usage' }), stop, ended };
}

function converse<Answer>(child: ChildProcess, question: Message, onProgress: () => void): Promise<Answer> {
  return new Promise((resolve) => {
    function listen(message: unknown): void {
      const { type } = message as Message;
      if (type === `${question.type}.progress`) onProgress();
      if (type !== question.type) return;
      child.off('message', listen);
      resolve(message as Answer);
    }
    child.on('message', listen);
    child.send(question);
  });
}

/** The first one on its standard output. */
function readUrl(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const url = URL_ON_LOOPBACK.exec(text)?.[0];
      if (url !== undefined) resolve(url);
    });
  });
}

function timeOut(ms: number, message: string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(message)), ms).unref();
  });
}
