import { z } from 'zod';
import { type EndpointEventType, PAYMENT_EVENT_TYPES, type PaymentEventType } from '#core/webhooks/merchantEvents.ts';
import { paymentSchema, refundSchema } from './answers.ts';
import { listSchemaOf, timeSchema } from './common.ts';
import { eventIdSchema, webhookEndpointSchema } from './webhookAnswers.ts';

/** What merchants are told; showWebhook.ts makes it. */

const eventShape = {
  id: eventIdSchema,
  object: z.literal('merchant_event'),
  timestamp: timeSchema.meta({ description: 'When it happened' }),
};
const sequenceSchema = z.int().min(1).meta({
  description:
    'Counts all events of the payment: 1, 2, 3 … What is older than what you have seen of the same object is old news',
});
export const merchantEventSchema = z
  .strictObject({
    ...eventShape,
    type: z.enum(PAYMENT_EVENT_TYPES),
    sequence: sequenceSchema,
    data: z.union([paymentSchema, refundSchema]).meta({ description: 'The payment or the refund as it was then' }),
  })
  .meta({ id: 'MerchantEvent', description: 'What a merchant is told' });

export const merchantEventListSchema = listSchemaOf('MerchantEventList', merchantEventSchema);

/** What is sent for one type. */
export function sentEventSchema(type: PaymentEventType) {
  const data: z.ZodType = type.startsWith('refund.') ? refundSchema : paymentSchema;
  return z.strictObject({ ...eventShape, type: z.literal(type), sequence: sequenceSchema, data });
}

/** Of an endpoint itself, and of no payment: it has no sequence. */
export function sentNoticeSchema(type: EndpointEventType) {
  return z.strictObject({
    ...eventShape,
    type: z.literal(type),
    sequence: z.null(),
    data: webhookEndpointSchema,
  });
}
