import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = { path: string; headers: IncomingHttpHeaders; body: string };
/** What the endpoint does with a message; a number is a status. */
export type Behavior = (received: Received) => number | Promise<number>;

/** A merchant's endpoint: keeps what comes, and answers as it is told. */
export async function startReceiver(behavior: Behavior = () => 204) {
  const received: Received[] = [];
  let behave = behavior;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
      received.push(message);
      void answer(message, response);
    });
  });
  async function answer(message: Received, response: ServerResponse): Promise<void> {
    const status = await behave(message);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 204 ? undefined : `said ${status}`);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  async function stop(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave: (other: Behavior) => {
      behave = other;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
