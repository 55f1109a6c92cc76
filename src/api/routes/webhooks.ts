import type { Context, Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { EVENT_ROUTES, WEBHOOK_ROUTES } from '#api/contract/webhooks.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { problem } from '#api/problems.ts';
import { showAttempt, showMerchantEvent, showWebhookDelivery, showWebhookEndpoint } from '#api/schemas/showWebhook.ts';
import type { Deliveries } from '#core/webhooks/deliveries.ts';
import { ENDPOINTS_MAX, type Endpoints, type UrlRefused, type WithSecret } from '#core/webhooks/endpoints.ts';
import type { UrlRefusal } from '#core/webhooks/ports.ts';
import type { ReadEvents } from '#core/webhooks/readEvents.ts';

export type WebhookRoutesDeps = {
  authenticate: Authenticate;
  webhookEndpoints: Endpoints;
  webhookDeliveries: Deliveries;
  readEvents: ReadEvents;
};

/** Where a merchant is told what happened, what became of it, and what it was told. */
export function routeWebhooks(app: Hono, deps: WebhookRoutesDeps): void {
  const { authenticate } = deps;
  mount(app, WEBHOOK_ROUTES, { authenticate, handlers: { ...endpointHandlers(deps), ...deliveryHandlers(deps) } });
  mount(app, EVENT_ROUTES, { authenticate, handlers: eventHandlers(deps) });
}

type AllHandlers = Handlers<typeof WEBHOOK_ROUTES>;
type DeliveryRoutes = 'listWebhookDeliveries' | 'getWebhookDelivery' | 'redeliverWebhook';

function endpointHandlers({
  webhookEndpoints,
  webhookDeliveries,
}: WebhookRoutesDeps): Omit<AllHandlers, DeliveryRoutes> {
  return {
    createWebhookEndpoint: async ({ caller, body }, c) => {
      const result = await webhookEndpoints.create(caller.merchant, body);
      if (!result.ok) return refusal(c, result.error);
      const shown = showWithSecret(result.value);
      return { status: 201, body: shown, headers: { location: `/v1/webhook_endpoints/${shown.id}` } };
    },

    listWebhookEndpoints: async ({ caller }) => {
      const endpoints = await webhookEndpoints.list(caller.merchant);
      return { status: 200, body: { object: 'list', data: endpoints.map(showWebhookEndpoint), next_cursor: null } };
    },

    getWebhookEndpoint: async ({ caller, params }, c) => {
      const result = await webhookEndpoints.get(caller.merchant, params.id);
      return result.ok ? { status: 200, body: showWebhookEndpoint(result.value) } : problem(c, result.error.code);
    },

    updateWebhookEndpoint: async ({ caller, params, body }, c) => {
      const result = await webhookEndpoints.update(caller.merchant, params.id, body);
      return result.ok ? { status: 200, body: showWebhookEndpoint(result.value) } : refusal(c, result.error);
    },

    deleteWebhookEndpoint: async ({ caller, params }, c) => {
      const result = await webhookEndpoints.remove(caller.merchant, params.id);
      if (!result.ok) return problem(c, result.error.code);
      return { status: 200, body: { id: result.value.id, object: 'webhook_endpoint', deleted: true } };
    },

    rotateWebhookSecret: async ({ caller, params, body }, c) => {
      const result = await webhookEndpoints.rotateSecret(caller.merchant, params.id, body.expires_in);
      return result.ok ? { status: 200, body: showWithSecret(result.value) } : problem(c, result.error.code);
    },

    testWebhookEndpoint: async ({ caller, params }, c) => {
      const result = await webhookDeliveries.test(caller.merchant, params.id);
      if (!result.ok) return result.error.code === 'test_under_way' ? tooManyTests(c) : problem(c, result.error.code);
      const { event, attempt } = result.value;
      return {
        status: 200,
        body: { object: 'webhook_test', endpoint: params.id, event, attempt: showAttempt(attempt) },
      };
    },
  };
}

function deliveryHandlers({ webhookDeliveries }: WebhookRoutesDeps): Pick<AllHandlers, DeliveryRoutes> {
  return {
    listWebhookDeliveries: async ({ caller, query: { limit, cursor, ...filter } }, c) => {
      const result = await webhookDeliveries.list({ merchant: caller.merchant, ...filter, after: cursor, limit });
      if (!result.ok) return problem(c, result.error.code);
      const { deliveries, next } = result.value;
      return { status: 200, body: { object: 'list', data: deliveries.map(showWebhookDelivery), next_cursor: next } };
    },

    getWebhookDelivery: async ({ caller, params }, c) => {
      const result = await webhookDeliveries.get(caller.merchant, params.id);
      return result.ok ? { status: 200, body: showWebhookDelivery(result.value) } : problem(c, result.error.code);
    },

    redeliverWebhook: async ({ caller, params }, c) => {
      const result = await webhookDeliveries.redeliver(caller.merchant, params.id);
      return result.ok ? { status: 202, body: showWebhookDelivery(result.value) } : problem(c, result.error.code);
    },
  };
}

function eventHandlers({ readEvents }: WebhookRoutesDeps): Handlers<typeof EVENT_ROUTES> {
  return {
    listEvents: async ({ caller, query: { limit, cursor, ...filter } }, c) => {
      const result = await readEvents.list({ merchant: caller.merchant, ...filter, after: cursor, limit });
      if (!result.ok) return problem(c, result.error.code);
      const { events, next } = result.value;
      return { status: 200, body: { object: 'list', data: events.map(showMerchantEvent), next_cursor: next } };
    },

    getEvent: async ({ caller, params }, c) => {
      const result = await readEvents.get(caller.merchant, params.id);
      return result.ok ? { status: 200, body: showMerchantEvent(result.value) } : problem(c, result.error.code);
    },
  };
}

function showWithSecret({ endpoint, secret }: WithSecret) {
  return { ...showWebhookEndpoint(endpoint), secret: secret.reveal() };
}

function tooManyTests(c: Context): Response {
  return problem(c, 'rate_limited', { detail: 'A test of this endpoint is under way', retryAfterMs: 1000 });
}

type Refused = UrlRefused | { code: 'too_many_webhook_endpoints' | 'webhook_endpoint_not_found' };

function refusal(c: Context, refused: Refused): Response {
  switch (refused.code) {
    case 'webhook_url_refused':
      return problem(c, refused.code, { errors: [{ pointer: '/url', detail: URL_REFUSALS[refused.reason] }] });
    case 'too_many_webhook_endpoints':
      return problem(c, refused.code, { detail: `A merchant has up to ${ENDPOINTS_MAX} webhook endpoints` });
    case 'webhook_endpoint_not_found':
      return problem(c, refused.code);
  }
}

const URL_REFUSALS: { readonly [reason in UrlRefusal]: string } = {
  url_invalid: 'This is not a URL, or has a user name, a password or a fragment',
  scheme_forbidden: 'A webhook endpoint is reached by https',
  port_forbidden: 'Port 443, or one from 1024 on',
  address_forbidden: 'This is not an address on the public internet',
};
