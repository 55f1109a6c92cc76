import { join } from 'node:path';
import { request } from 'undici';
import { startChild } from './childProcess.ts';
import { temporaryFolder } from './folder.ts';

const MAIN = 'src/simulator/main.ts';

export type RunningSimulator = Awaited<ReturnType<typeof startSimulator>>;

/** The names and values that `PUT /simulator/behavior` takes. */
export type Behavior = Readonly<Record<string, number | boolean>>;

/** A provider that remembers no idempotency key: an operation that is sent twice is charged twice, and the books show it. */
export const FORGETFUL: Behavior = { idempotency_window_ms: 0 };

/** The provider as a process of its own, with its books in a folder of its own: it survives whatever happens to the platform. */
export async function startSimulator(behavior: Behavior = {}) {
  const env = { PORT: '0', FLORIN_SIMULATOR_DATA: join(temporaryFolder(), 'simulator.sqlite') };
  const child = startChild({ file: MAIN, env });
  const url = (await child.printed(/http:\/\/127\.0\.0\.1:\d+/))[0];
  const setBehavior = (changed: Behavior) => putBehavior(url, changed);
  await setBehavior(behavior);
  return {
    url,
    child,
    setBehavior,
    [Symbol.asyncDispose]: async () => void (await child.end('SIGKILL')),
  };
}

async function putBehavior(url: string, behavior: Behavior): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await request(`${url}/simulator/behavior`, { method: 'PUT', headers, body: JSON.stringify(behavior) });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`the simulator refused ${JSON.stringify(behavior)}: ${text}`);
}
