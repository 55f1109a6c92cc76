import { z } from 'zod';
import { declare } from '#api/declare.ts';
import { merchantEventListSchema, merchantEventSchema } from '#api/schemas/eventAnswers.ts';
import {
  createWebhookEndpointSchema,
  emptyBodySchema,
  listEventsSchema,
  listWebhookDeliveriesSchema,
  rotateSecretSchema,
  updateWebhookEndpointSchema,
} from '#api/schemas/webhook.ts';
import {
  webhookDeliveryListSchema,
  webhookDeliverySchema,
  webhookEndpointDeletedSchema,
  webhookEndpointListSchema,
  webhookEndpointSchema,
  webhookEndpointWithSecretSchema,
  webhookTestSchema,
} from '#api/schemas/webhookAnswers.ts';
import { listOf } from './samples.ts';
import {
  ATTEMPT,
  DELIVERY,
  ENDPOINT,
  MERCHANT_EVENT,
  MERCHANT_EVENT_ID,
  NOTICE_ID,
  WITH_SECRET,
} from './webhookSamples.ts';

const scopes = ['webhooks:write'] as const;
const params = { id: z.string().meta({ description: 'The endpoint', examples: [ENDPOINT.id] }) };
const deliveryParams = { id: z.string().meta({ description: 'The delivery', examples: [DELIVERY.id] }) };

export const WEBHOOK_ROUTES = declare({
  createWebhookEndpoint: {
    method: 'post',
    path: '/v1/webhook_endpoints',
    tag: 'Webhooks',
    summary: 'Register a webhook endpoint',
    description:
      'Events from now on are sent to it, signed as Standard Webhooks says with the secret that is shown here and never again. Up to 16 a merchant. A request that got no answer can be repeated: it makes another endpoint, and the first one can be deleted.',
    scopes,
    body: createWebhookEndpointSchema,
    bodyExamples: {
      all: { url: ENDPOINT.url },
      some: { url: ENDPOINT.url, events: ['payment.succeeded', 'refund.succeeded'], description: 'The shop' },
    },
    responses: {
      201: {
        description: 'Registered',
        schema: webhookEndpointWithSecretSchema,
        headers: ['Location'],
        examples: { registered: WITH_SECRET },
      },
    },
    problems: ['webhook_url_refused', 'too_many_webhook_endpoints'],
  },
  listWebhookEndpoints: {
    method: 'get',
    path: '/v1/webhook_endpoints',
    tag: 'Webhooks',
    summary: 'List webhook endpoints',
    description: 'All of them, the newest first.',
    scopes,
    responses: {
      200: { description: 'The endpoints', schema: webhookEndpointListSchema, examples: { all: listOf(ENDPOINT) } },
    },
  },
  getWebhookEndpoint: {
    method: 'get',
    path: '/v1/webhook_endpoints/:id',
    tag: 'Webhooks',
    summary: 'Get a webhook endpoint',
    scopes,
    params,
    responses: {
      200: { description: 'The endpoint', schema: webhookEndpointSchema, examples: { endpoint: ENDPOINT } },
    },
    problems: ['webhook_endpoint_not_found'],
  },
  updateWebhookEndpoint: {
    method: 'patch',
    path: '/v1/webhook_endpoints/:id',
    tag: 'Webhooks',
    summary: 'Change a webhook endpoint',
    description:
      'What is not named stays. Disabled, it is sent nothing: what waits for it is dead, and what happens meanwhile is not sent later.',
    scopes,
    params,
    body: updateWebhookEndpointSchema,
    bodyExamples: { enable: { enabled: true }, subscribe: { events: ['payment.succeeded'] } },
    responses: {
      200: { description: 'Changed', schema: webhookEndpointSchema, examples: { endpoint: ENDPOINT } },
    },
    problems: ['webhook_endpoint_not_found', 'webhook_url_refused'],
  },
  deleteWebhookEndpoint: {
    method: 'delete',
    path: '/v1/webhook_endpoints/:id',
    tag: 'Webhooks',
    summary: 'Delete a webhook endpoint',
    scopes,
    params,
    responses: {
      200: {
        description: 'Deleted',
        schema: webhookEndpointDeletedSchema,
        examples: { deleted: { id: ENDPOINT.id, object: 'webhook_endpoint', deleted: true } },
      },
    },
    problems: ['webhook_endpoint_not_found'],
  },
  rotateWebhookSecret: {
    method: 'post',
    path: '/v1/webhook_endpoints/:id/rotate_secret',
    tag: 'Webhooks',
    summary: 'Replace the secret of a webhook endpoint',
    description:
      'Shows the new secret, once. Until `expires_in` is over messages carry two signatures, so that a receiver can change over in its own time. Replaced again within that time, the oldest secret ends at once.',
    scopes,
    params,
    body: rotateSecretSchema,
    bodyExamples: { gently: { expires_in: 86_400 }, leaked: { expires_in: 0 } },
    responses: {
      200: {
        description: 'Replaced',
        schema: webhookEndpointWithSecretSchema,
        examples: { rotated: { ...WITH_SECRET, former_secret_expires_at: '2026-03-02T12:00:00.000Z' } },
      },
    },
    problems: ['webhook_endpoint_not_found'],
  },
  testWebhookEndpoint: {
    method: 'post',
    path: '/v1/webhook_endpoints/:id/test',
    tag: 'Webhooks',
    summary: 'Send a test event',
    description:
      'One `webhook_endpoint.test`, now and once, whatever the endpoint subscribes to; the answer says what came of it. One at a time: another one meanwhile is 429.',
    scopes,
    params,
    body: emptyBodySchema,
    bodyExamples: { empty: {} },
    responses: {
      200: {
        description: 'What came of the attempt',
        schema: webhookTestSchema,
        examples: {
          taken: { object: 'webhook_test', endpoint: ENDPOINT.id, event: NOTICE_ID, attempt: ATTEMPT },
        },
      },
    },
    problems: ['webhook_endpoint_not_found'],
  },
  listWebhookDeliveries: {
    method: 'get',
    path: '/v1/webhook_deliveries',
    tag: 'Webhooks',
    summary: 'List webhook deliveries',
    description: 'What became of each event at each endpoint, the newest first, for 30 days.',
    scopes,
    query: listWebhookDeliveriesSchema,
    responses: {
      200: {
        description: 'A page of deliveries',
        schema: webhookDeliveryListSchema,
        examples: { page: listOf(DELIVERY) },
      },
    },
    problems: ['cursor_invalid'],
  },
  getWebhookDelivery: {
    method: 'get',
    path: '/v1/webhook_deliveries/:id',
    tag: 'Webhooks',
    summary: 'Get a webhook delivery',
    scopes,
    params: deliveryParams,
    responses: {
      200: { description: 'The delivery', schema: webhookDeliverySchema, examples: { delivered: DELIVERY } },
    },
    problems: ['webhook_delivery_not_found'],
  },
  redeliverWebhook: {
    method: 'post',
    path: '/v1/webhook_deliveries/:id/redeliver',
    tag: 'Webhooks',
    summary: 'Deliver an event again',
    description: 'At once, whatever became of it, with all retries before it. The event has the id that it had.',
    scopes,
    params: deliveryParams,
    body: emptyBodySchema,
    bodyExamples: { empty: {} },
    responses: {
      202: {
        description: 'It will be sent',
        schema: webhookDeliverySchema,
        examples: {
          waiting: {
            ...DELIVERY,
            status: 'waiting',
            next_attempt_at: '2026-03-01T13:00:00.000Z',
            delivered_at: null,
          },
        },
      },
    },
    problems: ['webhook_delivery_not_found', 'webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
  },
});

export const EVENT_ROUTES = declare({
  listEvents: {
    method: 'get',
    path: '/v1/events',
    tag: 'Events',
    summary: 'List events',
    description:
      'What the merchant was told, or would have been, the newest first, for 30 days: whether there is an endpoint or not. Of a payment (`payment`), its last 30 days.',
    scopes: ['payments:read'],
    query: listEventsSchema,
    responses: {
      200: {
        description: 'A page of events',
        schema: merchantEventListSchema,
        examples: { page: listOf(MERCHANT_EVENT) },
      },
    },
    problems: ['cursor_invalid'],
  },
  getEvent: {
    method: 'get',
    path: '/v1/events/:id',
    tag: 'Events',
    summary: 'Get an event',
    description: 'As it was sent: its `data` is the object as it was then.',
    scopes: ['payments:read'],
    params: { id: z.string().meta({ description: 'The event', examples: [MERCHANT_EVENT_ID] }) },
    responses: { 200: { description: 'The event', schema: merchantEventSchema, examples: { event: MERCHANT_EVENT } } },
    problems: ['event_not_found', 'payment_unreadable'],
  },
});
