import { z } from 'zod';
import { DELIVERY_STATUSES, type DeadReason } from '#core/webhooks/delivery.ts';
import { type DisabledReason, SUBSCRIBABLE_TYPES } from '#core/webhooks/endpoint.ts';
import { ENDPOINT_EVENT_TYPES, PAYMENT_EVENT_TYPES } from '#core/webhooks/merchantEvents.ts';
import type { DeliveryFailure, UrlRefusal } from '#core/webhooks/ports.ts';
import { listSchemaOf, timeSchema } from './common.ts';

/** What is answered about webhooks; showWebhook.ts makes it. */

const ID = '[0-9a-hjkmnp-tv-z]{32}';
const endpointIdSchema = z
  .string()
  .regex(new RegExp(`^whe_${ID}$`))
  .meta({ description: 'The endpoint' });
const deliveryIdSchema = z
  .string()
  .regex(new RegExp(`^del_${ID}$`))
  .meta({ description: 'The delivery' });
export const eventIdSchema = z
  .string()
  .regex(new RegExp(`^evt_${ID}(?:_[1-9]\\d{0,6}_[1-9]\\d{0,4})?$`))
  .meta({ description: 'The event: the same in each attempt to deliver it, and in each repeat' });
const secretSchema = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+=*$/)
  .meta({ description: 'Shown this once. What comes from us is signed with it' });

const endpointShape = {
  id: endpointIdSchema,
  object: z.literal('webhook_endpoint'),
  url: z.string(),
  events: z.array(z.enum(['*', ...SUBSCRIBABLE_TYPES])),
  description: z.string().nullable(),
  enabled: z.boolean(),
  disabled_reason: z
    .enum(['by_merchant', 'failing', 'gone'] satisfies DisabledReason[])
    .nullable()
    .meta({ description: '`failing`: nothing but failure for five days; `gone`: it answered 410' }),
  disabled_at: timeSchema.nullable(),
  former_secret_expires_at: timeSchema
    .nullable()
    .meta({ description: 'Until then messages are signed with the former secret as well' }),
  created_at: timeSchema,
  updated_at: timeSchema,
};

export const webhookEndpointSchema = z.strictObject(endpointShape).meta({ id: 'WebhookEndpoint' });
export const webhookEndpointWithSecretSchema = z
  .strictObject({ ...endpointShape, secret: secretSchema })
  .meta({ id: 'WebhookEndpointWithSecret' });
export const webhookEndpointListSchema = listSchemaOf('WebhookEndpointList', webhookEndpointSchema);
export const webhookEndpointDeletedSchema = z
  .strictObject({ id: endpointIdSchema, object: z.literal('webhook_endpoint'), deleted: z.literal(true) })
  .meta({ id: 'WebhookEndpointDeleted' });

const FAILURES = [
  'timeout',
  'dns',
  'connection',
  'tls',
  'response_invalid',
  'url_invalid',
  'scheme_forbidden',
  'port_forbidden',
  'address_forbidden',
] as const satisfies readonly (DeliveryFailure | UrlRefusal)[];

const attemptSchema = z
  .strictObject({
    at: timeSchema,
    duration_ms: z.int().min(0),
    succeeded: z.boolean(),
    status: z.int().nullable().meta({ description: 'The HTTP status; null when none came' }),
    failure: z.enum(FAILURES).nullable().meta({ description: 'Why none came' }),
    response_start: z.string().nullable().meta({ description: 'The first 256 characters of the answer' }),
  })
  .meta({ id: 'WebhookAttempt' });

const DEAD_REASONS = [
  'attempts_used_up',
  'endpoint_disabled',
  'endpoint_deleted',
  'endpoint_gone',
  'event_gone',
] as const satisfies readonly DeadReason[];

export const webhookDeliverySchema = z
  .strictObject({
    id: deliveryIdSchema,
    object: z.literal('webhook_delivery'),
    endpoint: endpointIdSchema,
    event: eventIdSchema,
    type: z.enum([...PAYMENT_EVENT_TYPES, ...ENDPOINT_EVENT_TYPES]),
    status: z.enum(DELIVERY_STATUSES).meta({ description: '`dead`: not tried again by itself; redeliver it' }),
    dead_reason: z.enum(DEAD_REASONS).nullable(),
    next_attempt_at: timeSchema.nullable(),
    delivered_at: timeSchema.nullable(),
    attempts: z.array(attemptSchema).meta({ description: 'The latest twenty, oldest first' }),
    created_at: timeSchema,
  })
  .meta({ id: 'WebhookDelivery', description: 'An event on its way to an endpoint' });

export const webhookDeliveryListSchema = listSchemaOf('WebhookDeliveryList', webhookDeliverySchema);

export const webhookTestSchema = z
  .strictObject({
    object: z.literal('webhook_test'),
    endpoint: endpointIdSchema,
    event: eventIdSchema,
    attempt: attemptSchema,
  })
  .meta({ id: 'WebhookTest' });
