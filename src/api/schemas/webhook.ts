import { z } from 'zod';
import { DELIVERY_STATUSES } from '#core/webhooks/delivery.ts';
import { SUBSCRIBABLE_TYPES } from '#core/webhooks/endpoint.ts';
import { SECRET_OVERLAP_SECONDS_MAX } from '#core/webhooks/endpoints.ts';
import { PAYMENT_EVENT_TYPES } from '#core/webhooks/merchantEvents.ts';
import { pageSchema } from './payment.ts';

/** What is sent about webhook endpoints, their deliveries, and the events that merchants are told. */

const URL_CHARACTERS_MAX = 2048;
const DESCRIPTION_CHARACTERS_MAX = 255;
const ID_CHARACTERS_MAX = 100;
const SECRET_OVERLAP_SECONDS_DEFAULT = 24 * 60 * 60;

const urlSchema = z
  .string()
  .min(1)
  .max(URL_CHARACTERS_MAX)
  .meta({ description: 'https, and on the public internet', examples: ['https://shop.example/webhooks'] });

const eventsSchema = z
  .array(z.enum(['*', ...SUBSCRIBABLE_TYPES], 'A type of event, or * for all'))
  .min(1)
  .max(SUBSCRIBABLE_TYPES.length + 1)
  .refine((types) => new Set(types).size === types.length, 'Each type once')
  .meta({ description: 'Types of events, or `*` for all, also those to come', uniqueItems: true });

const descriptionSchema = z.string().min(1).max(DESCRIPTION_CHARACTERS_MAX).nullable();

export const createWebhookEndpointSchema = z.strictObject({
  url: urlSchema,
  events: eventsSchema.default(['*']),
  description: descriptionSchema.default(null),
});

export const updateWebhookEndpointSchema = z.strictObject({
  url: urlSchema.optional(),
  events: eventsSchema.optional(),
  description: descriptionSchema.optional(),
  enabled: z.boolean().optional(),
});

export const rotateSecretSchema = z.strictObject({
  expires_in: z
    .int()
    .min(0)
    .max(SECRET_OVERLAP_SECONDS_MAX)
    .default(SECRET_OVERLAP_SECONDS_DEFAULT)
    .meta({ description: 'Seconds for which the former secret is signed with too; 0 ends it at once' }),
});

export const emptyBodySchema = z.strictObject({});

const idSchema = z.string().min(1).max(ID_CHARACTERS_MAX);

export const listWebhookDeliveriesSchema = z.strictObject({
  ...pageSchema.shape,
  endpoint: idSchema.nullable().default(null),
  event: idSchema.nullable().default(null),
  status: z.enum(DELIVERY_STATUSES).nullable().default(null),
});

export const listEventsSchema = z.strictObject({
  ...pageSchema.shape,
  type: z.enum(PAYMENT_EVENT_TYPES).nullable().default(null),
  payment: idSchema.nullable().default(null),
});
