import { z } from 'zod';
import { declare } from '#api/declare.ts';
import {
  healthSchema,
  parkedStreamListSchema,
  quarantineListSchema,
  quarantineRetrySchema,
  readinessSchema,
  webhookReceivedSchema,
} from '#api/schemas/operationAnswers.ts';
import { pageSchema } from '#api/schemas/payment.ts';
import { listOf, PAYMENT_ID } from './samples.ts';

const ITEM_ID = 'whi_1';

export const OPERATION_ROUTES = declare({
  listParkedStreams: {
    method: 'get',
    path: '/v1/parked_streams',
    tag: 'Operations',
    summary: 'List parked payments',
    description: 'Payments with a commit that this version could not read or post. Nothing else waits for them.',
    scopes: ['operations:read'],
    responses: {
      200: {
        description: 'All of them',
        schema: parkedStreamListSchema,
        examples: {
          page: listOf({
            object: 'parked_stream',
            stream: PAYMENT_ID,
            seq: 4,
            position: 1207,
            reason: 'event_version_unknown',
            since: '2026-03-01T12:30:45.123Z',
          }),
        },
      },
    },
  },
});

const received = {
  scopes: [],
  rawBody: { mediaType: 'application/json', description: "The provider's own; up to 256 KiB" },
  responses: {
    200: { description: 'Kept', schema: webhookReceivedSchema, examples: { kept: { received: true } } },
  },
  problems: [
    'signature_invalid',
    'provider_not_found',
    'request_malformed',
    'body_too_large',
    'overloaded',
    'rate_limited',
  ],
} as const;

const provider = z.string().meta({ description: 'The provider', examples: ['simulator'] });

export const PROVIDER_WEBHOOK_ROUTES = declare({
  receiveProviderWebhook: {
    method: 'post',
    path: '/providers/:provider/webhooks',
    tag: 'Providers',
    summary: 'Receive a webhook of a provider',
    description:
      'For providers. The signature over the raw bytes says who it is; it is kept, answered, and worked on after.',
    params: { provider },
    ...received,
  },
  receiveProviderAccountWebhook: {
    method: 'post',
    path: '/providers/:provider/webhooks/:account',
    tag: 'Providers',
    summary: 'Receive a webhook about one account at a provider',
    description:
      'For providers. The signature over the raw bytes says who it is; it is kept, answered, and worked on after.',
    params: {
      provider,
      account: z.string().meta({ description: 'The account at the provider', examples: ['simulator'] }),
    },
    ...received,
  },
  listQuarantinedItems: {
    method: 'get',
    path: '/v1/quarantine',
    tag: 'Operations',
    summary: 'List quarantined webhooks',
    description: 'Webhooks of providers that could not be told to a payment. None is ever dropped.',
    scopes: ['operations:read'],
    query: pageSchema,
    responses: {
      200: {
        description: 'A page of items',
        schema: quarantineListSchema,
        examples: {
          page: listOf({
            id: ITEM_ID,
            object: 'quarantined_item',
            status: 'quarantined',
            provider: 'simulator',
            account: 'simulator',
            reason: 'subject_unknown',
            attempts: 5,
            received_at: '2026-03-01T12:30:45.123Z',
            body: '{}',
          }),
        },
      },
    },
    problems: ['cursor_invalid'],
  },
  retryQuarantinedItem: {
    method: 'post',
    path: '/v1/quarantine/:id/retry',
    tag: 'Operations',
    summary: 'Work on a quarantined webhook again',
    scopes: ['operations:write'],
    params: { id: z.string().meta({ description: 'The item', examples: [ITEM_ID] }) },
    responses: {
      202: {
        description: 'It will be worked on at once',
        schema: quarantineRetrySchema,
        examples: { waiting: { id: ITEM_ID, object: 'quarantined_item', status: 'waiting' } },
      },
    },
    problems: ['quarantined_item_not_found'],
  },
});

export const PLATFORM_ROUTES = declare({
  getHealth: {
    method: 'get',
    path: '/healthz',
    tag: 'Platform',
    summary: 'Whether the process is there',
    scopes: [],
    responses: { 200: { description: 'It is', schema: healthSchema, examples: { ok: { status: 'ok' } } } },
  },
  getReadiness: {
    method: 'get',
    path: '/readyz',
    tag: 'Platform',
    summary: 'Whether the process should get requests',
    description:
      'Not while it starts or stops, when its storage has failed, or while what follows the journal is too far behind: `detail` says which.',
    scopes: [],
    responses: { 200: { description: 'It should', schema: readinessSchema, examples: { ready: { status: 'ready' } } } },
    problems: ['not_ready'],
  },
  getMetrics: {
    method: 'get',
    path: '/metrics',
    tag: 'Platform',
    summary: 'What is measured, for Prometheus',
    description:
      'Open where only this machine reaches it; elsewhere it needs a token with `operations:read`. What each means: docs/reference/metrics.md.',
    scopes: [],
    responses: { 200: { description: 'The text format, version 0.0.4', mediaType: 'text/plain' } },
    problems: ['token_missing', 'token_invalid', 'scope_insufficient', 'issuer_unavailable', 'rate_limited'],
  },
  getOpenApiDocument: {
    method: 'get',
    path: '/openapi.json',
    tag: 'Platform',
    summary: 'This document',
    scopes: [],
    responses: {
      200: { description: 'OpenAPI 3.1', mediaType: 'application/json', headers: ['ETag'] },
      304: { description: 'The one that you have (If-None-Match)', headers: ['ETag'] },
    },
  },
});
