import { z } from 'zod';
import { listSchemaOf, timeSchema } from './common.ts';

/** What operators, providers and those who watch the platform are answered. */

export const parkedStreamListSchema = listSchemaOf(
  'ParkedStreamList',
  z
    .strictObject({
      object: z.literal('parked_stream'),
      stream: z.string().meta({ description: 'The id of the payment' }),
      seq: z.int().meta({ description: 'The commit that could not be read or posted' }),
      position: z.int().meta({ description: 'Where that commit stands in the feed' }),
      reason: z.string(),
      since: timeSchema,
    })
    .meta({ id: 'ParkedStream', description: 'A payment that is followed no further until somebody looks at it' }),
);

export const quarantineListSchema = listSchemaOf(
  'QuarantinedItemList',
  z
    .strictObject({
      id: z.string(),
      object: z.literal('quarantined_item'),
      status: z.literal('quarantined'),
      provider: z.string(),
      account: z.string(),
      reason: z.string(),
      attempts: z.int().min(0),
      received_at: timeSchema,
      body: z.string().nullable().meta({ description: 'Masked; null when the account is no longer connected' }),
    })
    .meta({ id: 'QuarantinedItem', description: "A provider's webhook that could not be told to a payment" }),
);

export const quarantineRetrySchema = z
  .strictObject({ id: z.string(), object: z.literal('quarantined_item'), status: z.literal('waiting') })
  .meta({ id: 'QuarantinedItemRetry' });

export const webhookReceivedSchema = z.strictObject({ received: z.literal(true) }).meta({ id: 'WebhookReceived' });

export const readinessSchema = z.strictObject({ status: z.literal('ready') }).meta({ id: 'Readiness' });
export const healthSchema = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });
