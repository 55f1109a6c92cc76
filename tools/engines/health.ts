import { connect } from 'node:net';

const LOOK_TIMEOUT_MS = 1000;

/** Whether somebody listens there. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: LOOK_TIMEOUT_MS });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** Whether it answers at all, below 500. */
export async function answers(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(LOOK_TIMEOUT_MS) });
    return status < 500;
  } catch {
    return false;
  }
}
