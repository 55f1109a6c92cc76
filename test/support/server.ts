import { type Child, type Ended, startChild } from './childProcess.ts';
import { freePort } from './ports.ts';

const MAIN = 'src/entry/local/main.ts';
const URL_PRINTED = /Florin is running at (http:\/\/127\.0\.0\.1:\d+)/;
/** A refusal comes within a second or two; a server that does start must not keep a test waiting. */
const REFUSAL_TIMEOUT_MS = 15_000;

export type ServerOptions = {
  folder: string;
  /** Null for the simulator inside. */
  simulatorUrl: string | null;
  /** From the root of the project. */
  entry?: string;
  env?: Readonly<Record<string, string>>;
};

export type RunningServer = Awaited<ReturnType<typeof startServer>>;

/**
 * The whole platform as a process of its own. `await using` ends it with the test. A restart takes place on the same folder and the
 * same port, so that the URL and its tokens stay good.
 */
export async function startServer(options: ServerOptions) {
  const { folder } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child = await launch(options, port);
  return {
    url,
    folder,
    child: () => child,
    /** As by ctrl-C: answers what is under way, and ends with 0. */
    stop: () => child.end('SIGTERM'),
    kill: () => child.end('SIGKILL'),
    /** With another entry or environment than before, if given. It must have ended. */
    restart: async (changed: Partial<Pick<ServerOptions, 'entry' | 'env'>> = {}) => {
      child = await launch({ ...options, ...changed }, port);
    },
    [Symbol.asyncDispose]: async () => void (await child.end('SIGKILL')),
  };
}

/** A start that must be refused: how the process ended, and all it said. */
export async function startRefused(options: ServerOptions): Promise<Ended & { output: string }> {
  const child = startChild(childOptions(options, 0));
  const timer = setTimeout(() => child.signal('SIGKILL'), REFUSAL_TIMEOUT_MS);
  const started = child.printed(URL_PRINTED).then(
    () => child.signal('SIGKILL'),
    () => {},
  );
  const ended = await child.ended;
  clearTimeout(timer);
  await started;
  return { ...ended, output: child.output() };
}

/** Without waiting for its URL: for what may not come so far. */
export function spawnServer(options: ServerOptions): Child {
  return startChild(childOptions(options, 0));
}

async function launch(options: ServerOptions, port: number): Promise<Child> {
  const child = startChild(childOptions(options, port));
  try {
    await child.printed(URL_PRINTED);
    return child;
  } catch (error) {
    child.signal('SIGKILL');
    throw error;
  }
}

function childOptions({ folder, simulatorUrl, entry = MAIN, env = {} }: ServerOptions, port: number) {
  const simulator: Record<string, string> = simulatorUrl === null ? {} : { FLORIN_SIMULATOR_URL: simulatorUrl };
  return { file: entry, env: { FLORIN_DATA: folder, PORT: String(port), ...simulator, ...env } };
}
