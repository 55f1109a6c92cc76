import { z } from 'zod';

/** 32 characters of Crockford's base 32. */
const ID = '[0-9a-hjkmnp-tv-z]{32}';
const SAMPLE = '2c3xkqz7v9w0d8m5n4r6t1y3b7h9j0kp';

/** For `meta`: more values may come, and clients are told so. Adding one breaks nobody (tools/openapiBreaking.ts). */
export const GROWS = { 'x-extensible': true } as const;

/** Ids as they are answered. What a client sends may be any text: what fits nothing is not found. */
export const paymentIdSchema = z
  .string()
  .regex(new RegExp(`^pay_${ID}$`))
  .meta({ description: 'The payment', examples: [`pay_${SAMPLE}`] });

export const operationIdSchema = z
  .string()
  .regex(new RegExp(`^op_${ID}_[1-9]\\d{0,4}$`))
  .meta({ description: 'The operation', examples: [`op_${SAMPLE}_1`] });

export const refundIdSchema = z
  .string()
  .regex(new RegExp(`^ref_${ID}_[1-9]\\d{0,4}$`))
  .meta({ description: 'The refund', examples: [`ref_${SAMPLE}_2`] });

/** RFC 3339, UTC. */
export const timeSchema = z.iso
  .datetime({ precision: 3 })
  .meta({ description: 'RFC 3339, UTC', examples: ['2026-03-01T12:30:45.123Z'] });

/** Minor units of one payment: never more than a number holds. */
export const minorUnitsSchema = z.int().min(0);

/** Minor units summed over many payments. */
export const sumSchema = z.number().meta({
  documented: {
    type: 'integer',
    description: 'Minor units of the currency. May be more than 2^53: read it with a type that holds it',
  },
});

export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ description: 'ISO 4217, in capitals', examples: ['EUR'] });

/** `{"object":"list","data":[…],"next_cursor":null}` */
export function listSchemaOf<Item extends z.ZodType>(id: string, item: Item) {
  return z
    .strictObject({
      object: z.literal('list'),
      data: z.array(item),
      next_cursor: z
        .string()
        .nullable()
        .meta({ description: 'Give it as `cursor` for the next page; null: this is the last one' }),
    })
    .meta({ id });
}
