import type { Context, Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { ProblemError, problem } from '#api/problems.ts';
import { pageSchema } from '#api/schemas/payment.ts';
import type { Quarantine, ShownItem } from '#core/ingress/quarantine.ts';
import type { ReceiveWebhook } from '#core/ingress/receiveWebhook.ts';
import { readQuery } from './doors.ts';

export type ProviderWebhookRoutesDeps = {
  authenticate: Authenticate;
  receiveWebhook: ReceiveWebhook;
  quarantine: Quarantine;
};

/** Providers send an object with its history; a merchant's limit would cut some of them off. */
const WEBHOOK_BYTES_MAX = 256 * 1024;

/** Where providers tell, without a token: their signature says who they are. And where operators see what could not be told on. */
export function routeProviderWebhooks(
  app: Hono,
  { authenticate, receiveWebhook, quarantine }: ProviderWebhookRoutesDeps,
): void {
  async function receive(c: Context, provider: string, account: string | null): Promise<Response> {
    const result = await receiveWebhook({ provider, account, headers: c.req.header(), body: await readRaw(c) });
    return result.ok ? c.json({ received: true }) : problem(c, result.error.code);
  }

  app.post('/providers/:provider/webhooks', (c) => receive(c, c.req.param('provider'), null));
  app.post('/providers/:provider/webhooks/:account', (c) =>
    receive(c, c.req.param('provider'), c.req.param('account')),
  );

  // Operators only: items of all merchants.
  app.get('/v1/quarantine', async (c) => {
    await authenticate(c.req.header('authorization'), 'operations:read');
    const { cursor, limit } = readQuery(c, pageSchema);
    const result = await quarantine.list(cursor, limit);
    if (!result.ok) return problem(c, result.error.code);
    return c.json({ object: 'list', data: result.value.items.map(showItem), next_cursor: result.value.next });
  });

  app.post('/v1/quarantine/:id/retry', async (c) => {
    await authenticate(c.req.header('authorization'), 'operations:write');
    const id = c.req.param('id');
    const result = await quarantine.retry(id);
    return result.ok
      ? c.json({ id, object: 'quarantined_item', status: 'waiting' }, 202)
      : problem(c, result.error.code);
  });
}

/** The very bytes, up to the limit, whatever length was announced. */
async function readRaw(c: Context): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > WEBHOOK_BYTES_MAX)
      throw new ProblemError('body_too_large', { detail: `The body may have ${WEBHOOK_BYTES_MAX} bytes` });
  }
  return Buffer.concat(chunks);
}

function showItem({ id, provider, account, reason, receivedAt, attempts, body }: ShownItem) {
  return {
    id,
    object: 'quarantined_item',
    status: 'quarantined',
    provider,
    account,
    reason,
    attempts,
    received_at: new Date(receivedAt).toISOString(),
    body,
  };
}
