import type { Context, Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { readBytes } from '#api/body.ts';
import { PROVIDER_WEBHOOK_ROUTES } from '#api/contract/operations.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { problem } from '#api/problems.ts';
import type { Quarantine, ShownItem } from '#core/ingress/quarantine.ts';
import type { ReceiveWebhook } from '#core/ingress/receiveWebhook.ts';
import { maskEscapedCardNumbers } from '#core/kit/escapedCardNumber.ts';

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
  async function receive(c: Context, provider: string, account: string | null) {
    const result = await receiveWebhook({
      provider,
      account,
      headers: c.req.header(),
      body: await readBytes(c, WEBHOOK_BYTES_MAX),
    });
    return result.ok ? ({ status: 200, body: { received: true } } as const) : problem(c, result.error.code);
  }

  const handlers: Handlers<typeof PROVIDER_WEBHOOK_ROUTES> = {
    receiveProviderWebhook: ({ params }, c) => receive(c, params.provider, null),
    receiveProviderAccountWebhook: ({ params }, c) => receive(c, params.provider, params.account),

    // Operators only: items of all merchants.
    listQuarantinedItems: async ({ query: { cursor, limit } }, c) => {
      const result = await quarantine.list(cursor, limit);
      if (!result.ok) return problem(c, result.error.code);
      const { items, next } = result.value;
      return { status: 200, body: { object: 'list', data: items.map(showItem), next_cursor: next } };
    },

    retryQuarantinedItem: async ({ params: { id } }, c) => {
      const result = await quarantine.retry(id);
      if (!result.ok) return problem(c, result.error.code);
      return { status: 202, body: { id, object: 'quarantined_item', status: 'waiting' } };
    },
  };
  mount(app, PROVIDER_WEBHOOK_ROUTES, { authenticate, handlers });
}

function showItem({ id, provider, account, reason, receivedAt, attempts, body }: ShownItem) {
  return {
    id,
    object: 'quarantined_item' as const,
    status: 'quarantined' as const,
    provider,
    account,
    reason,
    attempts,
    received_at: new Date(receivedAt).toISOString(),
    // As the provider sent it, and that may be anything.
    body: body === null ? null : maskEscapedCardNumbers(body),
  };
}
