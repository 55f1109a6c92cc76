import { join } from 'node:path';
import { startChild } from '../support/childProcess.ts';

const MAIN = 'src/simulator/main.ts';
export const BOOKS = 'simulator.sqlite';

/** The key that its API takes when none is set. */
export const API_KEY = 'sim_local_key';

export type SimulatorOn = Awaited<ReturnType<typeof startSimulatorOn>>;

/** The provider on a folder that the test can copy and edit. It sends no webhooks: whatever changes in its books, we are not told. */
export async function startSimulatorOn(folder: string) {
  const child = startChild({ file: MAIN, env: { PORT: '0', FLORIN_SIMULATOR_DATA: join(folder, BOOKS) } });
  const url = (await child.printed(/http:\/\/127\.0\.0\.1:\d+/))[0];
  return {
    url,
    stop: () => child.end('SIGTERM'),
    [Symbol.asyncDispose]: async () => void (await child.end('SIGKILL')),
  };
}
