import { z } from 'zod';
import { AMOUNT_MINOR_MAX } from '#core/money/money.ts';
import type { PaymentMethod } from '#core/payments/paymentMethod.ts';
import { PAYMENT_STATUSES } from '#core/payments/status.ts';

const TOKEN_CHARACTERS_MAX = 255;
/** Of accounts and providers. */
const NAME_CHARACTERS_MAX = 64;
const TOKENS_MAX = 20;
const METADATA_KEYS_MAX = 50;
const METADATA_FILTERS_MAX = 5;
const METADATA_KEY_CHARACTERS_MAX = 40;
const METADATA_VALUE_CHARACTERS_MAX = 500;
const PAGE_MAX = 100;
const PAGE_DEFAULT = 20;

export function textOf(charactersMax: number) {
  return z.string().min(1).max(charactersMax);
}

export const amountSchema = z
  .int('An amount is a whole number of minor units')
  .min(1)
  .max(Number(AMOUNT_MINOR_MAX))
  .meta({ description: 'Minor units: 1999 is 19.99 EUR, 1999 JPY, 1.999 KWD', examples: [1999] });

const tokenSchema = textOf(TOKEN_CHARACTERS_MAX)
  .regex(/^[\x21-\x7e]+$/, 'A token has visible ASCII characters only')
  .meta({ description: "The provider's; a card number is refused", examples: ['tok_approved'] });

const accountTokenSchema = z.strictObject({
  provider: textOf(NAME_CHARACTERS_MAX),
  account: textOf(NAME_CHARACTERS_MAX).nullable().default(null),
  token: tokenSchema,
});

/** One token, or one for each of several accounts. */
const paymentMethodSchema = z
  .strictObject({
    type: z.literal('card'),
    token: tokenSchema.optional(),
    tokens: z
      .array(accountTokenSchema)
      .min(1)
      .max(TOKENS_MAX)
      .refine(
        (tokens) => new Set(tokens.map(({ provider, account }) => `${provider} ${account}`)).size === tokens.length,
        'One token for each account',
      )
      .optional(),
  })
  .refine(({ token, tokens }) => (token === undefined) !== (tokens === undefined), {
    path: ['token'],
    error: 'Expected a token, or tokens, and not both',
  })
  .transform(
    ({ type, token, tokens }): PaymentMethod =>
      tokens === undefined ? { type, token: token ?? '' } : { type, tokens },
  );

/** The one key that can't be a field of an object like any other: what was sent under it would be lost. */
const KEY_REFUSED = '__proto__';

const metadataSchema = z
  // Looked at first: a record leaves the key out.
  .custom<object>(
    (metadata) => typeof metadata !== 'object' || metadata === null || !Object.hasOwn(metadata, KEY_REFUSED),
    {
      error: `Metadata has no key ${KEY_REFUSED}`,
    },
  )
  .pipe(z.record(textOf(METADATA_KEY_CHARACTERS_MAX), z.string().max(METADATA_VALUE_CHARACTERS_MAX)))
  .refine(
    (metadata) => Object.keys(metadata).length <= METADATA_KEYS_MAX,
    `Metadata has at most ${METADATA_KEYS_MAX} keys`,
  )
  .meta({
    documented: {
      type: 'object',
      maxProperties: METADATA_KEYS_MAX,
      propertyNames: { minLength: 1, maxLength: METADATA_KEY_CHARACTERS_MAX },
      additionalProperties: { type: 'string', maxLength: METADATA_VALUE_CHARACTERS_MAX },
    },
    description: 'Yours; kept and answered, and not looked at',
  });

/** What is answered must be what the browser is sent to: nothing that a URL parser would take out. */
const returnUrlSchema = z
  .url({ protocol: /^https?$/, error: 'A return_url is an http or https URL' })
  .max(2000, 'A return_url has up to 2000 characters')
  .refine((url) => !/[\s\p{Cc}\\]/u.test(url), 'A return_url has no white space and no backslash');

export const createPaymentSchema = z
  .strictObject({
    amount: amountSchema,
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'A currency is an ISO 4217 code in capitals')
      .meta({ description: 'ISO 4217, in capitals', examples: ['EUR'] }),
    capture: z
      .enum(['automatic', 'manual'])
      .default('automatic')
      .meta({ description: '`manual`: authorise now, and capture later' }),
    confirm: z.boolean().default(true).meta({ description: '`false`: authorise at a later confirm' }),
    payment_method: paymentMethodSchema
      .nullable()
      .default(null)
      .meta({ description: 'Required unless `confirm` is false' }),
    attempts_max: z
      .int()
      .min(1)
      .max(10)
      .nullable()
      .default(null)
      .meta({ description: 'How many authorisations may be tried' }),
    allow_partial_authorization: z
      .boolean()
      .default(false)
      .meta({ description: 'Keep an approval of less than the amount' }),
    customer: textOf(255).nullable().default(null).meta({ description: 'Your name for the customer' }),
    description: textOf(1000).nullable().default(null).meta({ description: 'For you; not shown to the customer' }),
    statement_descriptor: textOf(22)
      .nullable()
      .default(null)
      .meta({ description: 'What the customer is to read on the statement' }),
    return_url: returnUrlSchema
      .nullable()
      .default(null)
      .meta({ description: 'Where the customer goes after a challenge; `payment=<id>` is added to its query' }),
    metadata: metadataSchema.default({}),
  })
  .refine(({ confirm, payment_method }) => !confirm || payment_method !== null, {
    path: ['payment_method'],
    error: 'Expected, unless confirm is false',
  })
  .meta({ id: 'CreatePayment' });

export const confirmPaymentSchema = z
  .strictObject({
    payment_method: paymentMethodSchema
      .nullable()
      .default(null)
      .meta({ description: 'In place of the one that the payment has' }),
  })
  .meta({ id: 'ConfirmPayment' });

export const capturePaymentSchema = z
  .strictObject({
    amount: amountSchema.nullable().default(null).meta({ description: 'Minor units; null: all that is left' }),
    final: z
      .boolean()
      .nullable()
      .default(null)
      .meta({ description: 'Release the rest. Null: yes where the amount is all, or the provider captures once' }),
  })
  .meta({ id: 'CapturePayment' });

export const cancelPaymentSchema = z.strictObject({}).meta({ id: 'CancelPayment' });

export const createRefundSchema = z
  .strictObject({
    amount: amountSchema.nullable().default(null).meta({ description: 'Minor units; null: all that is left' }),
    reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).nullable().default(null),
  })
  .meta({ id: 'CreateRefund' });

/** Before the epoch nothing was, and what is later than a year of four digits can't be written in RFC 3339. */
const AT_MAX = Date.parse('9999-12-31T23:59:59.999Z');

export const asOfTimeSchema = z.iso
  .datetime({ offset: true, error: 'An RFC 3339 time' })
  .transform((text) => Date.parse(text))
  .pipe(z.number().min(0, 'A time from 1970 on').max(AT_MAX, 'A time up to the year 9999'))
  .meta({ description: 'RFC 3339', examples: ['2026-03-01T12:30:45Z'] });

function limitSchema(byDefault: number) {
  return z
    .string()
    .regex(/^(?:[1-9]\d?|100)$/, `A whole number from 1 to ${PAGE_MAX}`)
    .transform(Number)
    .meta({
      documented: { type: 'integer', minimum: 1, maximum: PAGE_MAX, default: byDefault },
      description: 'How many',
    })
    .default(byDefault);
}

export const pageSchema = z.strictObject({
  limit: limitSchema(PAGE_DEFAULT),
  cursor: textOf(200).nullable().default(null).meta({ description: 'The `next_cursor` of the page before' }),
});

/** What belongs to one payment is mostly wanted whole. */
export const historyPageSchema = z.strictObject({ ...pageSchema.shape, limit: limitSchema(PAGE_MAX) });

const minorUnitsText = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,11})$/, 'A whole number of minor units')
  .transform(BigInt)
  .meta({ documented: { type: 'integer', minimum: 0, maximum: Number(AMOUNT_MINOR_MAX), format: 'int64' } });

const metadataFilterSchema = z
  .record(textOf(METADATA_KEY_CHARACTERS_MAX), z.string().max(METADATA_VALUE_CHARACTERS_MAX))
  .refine(
    (metadata) => Object.keys(metadata).length <= METADATA_FILTERS_MAX,
    `At most ${METADATA_FILTERS_MAX} of them`,
  );

export const listPaymentsSchema = z.strictObject({
  ...pageSchema.shape,
  status: z.enum(PAYMENT_STATUSES).nullable().default(null),
  provider: textOf(NAME_CHARACTERS_MAX).nullable().default(null).meta({ description: 'Where the payment went' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'A currency is an ISO 4217 code in capitals')
    .nullable()
    .default(null)
    .meta({ description: 'ISO 4217, in capitals' }),
  customer: textOf(255).nullable().default(null).meta({ description: 'Your name for the customer' }),
  created_after: asOfTimeSchema.nullable().default(null).meta({ description: 'Created later than this' }),
  created_before: asOfTimeSchema.nullable().default(null).meta({ description: 'Created earlier than this' }),
  amount_min: minorUnitsText.nullable().default(null).meta({ description: 'Minor units; not less than this' }),
  amount_max: minorUnitsText.nullable().default(null).meta({ description: 'Minor units; not more than this' }),
  metadata: metadataFilterSchema
    .default({})
    .meta({ description: '`metadata[order]=7`: those that have all of it, each with this very value' }),
  q: textOf(255)
    .nullable()
    .default(null)
    .meta({ description: 'An id, or part of the customer or of a value of the metadata; A to Z are as a to z' }),
});

export const getPaymentSchema = z.strictObject({
  as_of: z
    .union(
      [
        z
          .string()
          .regex(/^[1-9]\d{0,6}$/)
          .transform((text) => ({ version: Number(text) })),
        asOfTimeSchema.transform((at) => ({ at })),
      ],
      'A version of the payment (1, 2, …) or an RFC 3339 time',
    )
    .nullable()
    .default(null)
    .meta({ description: 'As it was: a version of the payment (1, 2, …), or a time' }),
});
