import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Client, Wire } from './client.ts';

export type Told = {
  /** Deliveries with a good signature, and with none. */
  received: number;
  forged: number;
  /** By event id: each once, however often it came. */
  events: ReadonlyMap<string, { type: string; payment: string; sequence: number }>;
};

export type Shop = Awaited<ReturnType<typeof openShop>>;

/** Where the merchant hears: an endpoint of its own, registered for all events, that believes signatures only. */
export async function openShop(client: Client) {
  const events = new Map<string, { type: string; payment: string; sequence: number }>();
  const told = { received: 0, forged: 0, events };
  let webhook: Webhook | null = null;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => response.writeHead(hear(Buffer.concat(chunks).toString('utf8'), request.headers)).end());
  });

  function hear(body: string, headers: NodeJS.Dict<string | string[]>): number {
    let event: Wire;
    try {
      event = webhook?.verify(body, headers as Record<string, string>);
    } catch {
      event = undefined;
    }
    if (event === undefined) {
      told.forged += 1;
      return 400;
    }
    told.received += 1;
    const { type, data, sequence } = event;
    events.set(String(headers['webhook-id']), { type, payment: data.payment ?? data.id, sequence });
    return 204;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  const { status, body } = await client.call('POST', '/v1/webhook_endpoints', {
    key: `demo-endpoint-${url}`,
    body: { url, events: ['*'], description: 'the demo' },
  });
  if (status !== 201) throw new Error(`the webhook endpoint was refused: ${status} ${body?.detail}`);
  webhook = new Webhook(body.secret);

  return {
    told: told as Told,
    close: async () => {
      await client.call('DELETE', `/v1/webhook_endpoints/${body.id}`);
      server.closeAllConnections();
      server.close();
    },
  };
}
