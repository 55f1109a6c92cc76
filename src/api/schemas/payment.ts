import { z } from 'zod';
import { type Operation, type OperationOutcome, type Payment, operationId } from '#core/payments/payment.ts';
import { PAYMENT_STATUSES, amountAuthorizedOf, amountCapturedOf, amountInDoubtOf, statusOf } from '#core/payments/status.ts';
import { DECLINE_CODES } from '#core/provider/declineCodes.ts';

const AMOUNT_MAX = 999_999_999_999;
const TOKEN_CHARACTERS_MAX = 255;
const METADATA_KEYS_MAX = 50;

function textOf(charactersMax: number) {
  return z.string().min(1).max(charactersMax);
}

const paymentMethodSchema = z.strictObject({
  type: z.literal('card'),
  token: textOf(TOKEN_CHARACTERS_MAX).regex(/^[\x21-\x7e]+$/, 'A token has visible ASCII characters only'),
});

const metadataSchema = z
  .record(textOf(40), z.string().max(500))
  .refine((metadata) => Object.keys(metadata).length <= METADATA_KEYS_MAX, `Metadata has at most ${METADATA_KEYS_MAX} keys`);

export const createPaymentSchema = z.strictObject({
  amount: z.int().min(1).max(AMOUNT_MAX),
  currency: z.string().regex(/^[A-Z]{3}$/, 'A currency is an ISO 4217 code in capitals'),
  capture: z.literal('automatic').default('automatic'),
  payment_method: paymentMethodSchema,
  attempts_max: z.int().min(1).max(10).nullable().default(null),
  customer: textOf(255).nullable().default(null),
  description: textOf(1000).nullable().default(null),
  statement_descriptor: textOf(22).nullable().default(null),
  metadata: metadataSchema.default({}),
});

export const listPaymentsSchema = z.strictObject({
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'A whole number from 1 to 100')
    .transform(Number)
    .refine((limit) => limit <= 100, 'A whole number from 1 to 100')
    .default(20),
  cursor: textOf(200).nullable().default(null),
  status: z.enum(PAYMENT_STATUSES).nullable().default(null),
});

/** A payment as the API shows it. */
export function showPayment(payment: Payment) {
  const { personal } = payment;
  const succeeded = payment.operations.find((operation) => operation.outcome.status === 'succeeded');
  return {
    id: payment.id,
    object: 'payment',
    version: payment.version,
    status: statusOf(payment),
    amount: Number(payment.amountMinor),
    currency: payment.currency,
    capture: payment.capture,
    amount_authorized: Number(amountAuthorizedOf(payment)),
    amount_capturable: 0,
    amount_captured: Number(amountCapturedOf(payment)),
    amount_refunded: 0,
    amount_disputed: 0,
    amount_in_doubt: Number(amountInDoubtOf(payment)),
    provider: (succeeded ?? payment.operations.at(-1))?.sending.provider ?? null,
    payment_method: personal?.paymentMethod ?? null,
    customer: personal?.customer ?? null,
    description: personal?.description ?? null,
    statement_descriptor: personal?.statementDescriptor ?? null,
    conflict: payment.conflict === null ? null : { reason: payment.conflict.reason, since: time(payment.conflict.since) },
    last_error: showLastError(payment),
    metadata: personal?.metadata ?? {},
    operations: payment.operations.map((operation) => showOperation(payment, operation)),
    created_at: time(payment.createdAt),
    updated_at: time(payment.updatedAt),
  };
}

function showOperation(payment: Payment, { n, kind, amountMinor, sending, createdAt, outcome }: Operation) {
  const evidence = 'evidence' in outcome ? outcome.evidence : null;
  return {
    id: operationId(payment.id, n),
    type: kind,
    seq: n,
    status: outcome.status,
    amount: Number(amountMinor),
    provider: sending.provider,
    provider_reference: evidence?.providerReference ?? null,
    evidence: evidence?.source ?? null,
    created_at: time(createdAt),
  };
}

function showLastError(payment: Payment) {
  const outcome = payment.operations.at(-1)?.outcome;
  return outcome === undefined ? null : errorOf(outcome);
}

/** Only what is known not to have happened is an error; doubt is a status. */
function errorOf(outcome: OperationOutcome) {
  switch (outcome.status) {
    case 'sent':
    case 'succeeded':
    case 'unknown':
      return null;
    case 'declined': {
      const retryable = DECLINE_CODES[outcome.code] === 'soft';
      return { code: 'declined', decline_code: outcome.code, retryable, message: outcome.message ?? 'The provider declined the payment', provider_code: outcome.providerCode };
    }
    case 'rejected': {
      const message = outcome.message ?? 'The provider refused the request';
      return { code: 'rejected', decline_code: null, retryable: false, message, provider_code: outcome.providerCode };
    }
    case 'not_sent':
      return { code: 'provider_unavailable', decline_code: null, retryable: true, message: 'The provider could not be reached; nothing was sent', provider_code: null };
    case 'not_found':
      return { code: 'not_received', decline_code: null, retryable: true, message: 'The provider never received the payment; nothing was taken', provider_code: null };
  }
}

/** RFC 3339, UTC, milliseconds. */
function time(at: number): string {
  return new Date(at).toISOString();
}
