import { z } from 'zod';
import type { CaptureMode, Evidence, OperationKind, PaymentEvent } from '#core/payments/events.ts';
import type { ConflictReason, OperationStatus } from '#core/payments/payment.ts';
import { PAYMENT_STATUSES } from '#core/payments/status.ts';
import { DECLINE_CODES, type DeclineCode } from '#core/provider/declineCodes.ts';
import {
  currencySchema,
  GROWS,
  listSchemaOf,
  minorUnitsSchema,
  operationIdSchema,
  paymentIdSchema,
  refundIdSchema,
  timeSchema,
} from './common.ts';
import { ledgerEntrySchema } from './ledgerAnswers.ts';
import { webhookDeliverySchema } from './webhookAnswers.ts';

/** What is answered about payments, as documented and as held under test. showPayment.ts makes it; the compiler holds the two together. */

export const paymentStatusSchema = z
  .enum(PAYMENT_STATUSES)
  .meta({ id: 'PaymentStatus', description: 'Computed from the operations of the payment' });

const OPERATION_STATUSES = {
  sent: null,
  succeeded: null,
  reversed: null,
  declined: null,
  rejected: null,
  not_sent: null,
  not_found: null,
  requires_action: null,
  pending: null,
  unknown: null,
} satisfies { [status in OperationStatus]: null };

const CONFLICT_REASONS = {
  amount_mismatch: null,
  currency_mismatch: null,
  late_success: null,
  second_authorization: null,
  capture_discovered: null,
  refund_discovered: null,
  over_capture: null,
  over_refund: null,
  capture_after_void: null,
  return_failed: null,
} satisfies { [reason in ConflictReason]: null };

const EVENT_TYPES = {
  'payment.created': null,
  'payment.confirmed': null,
  'payment.cancel_requested': null,
  'payment.canceled': null,
  'authorization.lapsed': null,
  'conflict.resolved': null,
  'operation.sent': null,
  'operation.withheld': null,
  'operation.succeeded': null,
  'operation.amended': null,
  'operation.declined': null,
  'operation.rejected': null,
  'operation.not_sent': null,
  'operation.action_required': null,
  'operation.pending': null,
  'operation.timed_out': null,
  'operation.unknown': null,
  'operation.inquired': null,
  'operation.not_found': null,
  'operation.overdue': null,
  'operation.resent': null,
  'operation.reversed': null,
  'operation.confirmed': null,
  'operation.discovered': null,
  'operation.settled': null,
} satisfies { [type in PaymentEvent['type']]: null };

function keysOf<Key extends string>(table: { readonly [key in Key]: unknown }): [Key, ...Key[]] {
  return Object.keys(table) as [Key, ...Key[]];
}

const declineCodeSchema = z.enum(keysOf<DeclineCode>(DECLINE_CODES)).meta({
  id: 'DeclineCode',
  description: 'Why a provider said no, in words that are the same for all providers; more may come',
  ...GROWS,
});

const lastErrorSchema = z
  .strictObject({
    code: z
      .enum(['declined', 'canceled', 'rejected', 'provider_unavailable', 'not_received', 'partial_approval_refused'])
      .meta({ description: 'What became of the last operation' }),
    decline_code: declineCodeSchema.nullable(),
    retryable: z.boolean().meta({ description: 'Another attempt, perhaps elsewhere, may succeed' }),
    message: z.string().meta({ description: 'For people; not for programs, and not for the customer' }),
    provider_code: z.string().nullable().meta({ description: "The provider's own code" }),
  })
  .meta({ id: 'LastError', description: 'About the last thing that was tried, when it is known not to have happened' });

const operationSchema = z
  .strictObject({
    id: operationIdSchema,
    type: z.enum(['authorize', 'capture', 'void', 'refund'] satisfies OperationKind[]),
    seq: z.int().min(1).meta({ description: 'Its number within the payment: 1, 2, 3 …' }),
    status: z.enum(keysOf<OperationStatus>(OPERATION_STATUSES)),
    amount: minorUnitsSchema.meta({ description: 'Minor units: what the provider saw, once it is known' }),
    provider: z.string(),
    provider_account: z
      .string()
      .meta({ description: 'The account that it went to: what follows up on it goes there too' }),
    provider_reference: z.string().nullable(),
    evidence: z
      .enum(['reply', 'webhook', 'inquiry', 'settlement', 'operator'] satisfies Evidence['source'][])
      .nullable()
      .meta({ description: 'What proves the status' }),
    created_at: timeSchema,
  })
  .meta({ id: 'Operation', description: 'One thing that was asked of a provider, or that it did unasked' });

export const refundSchema = z
  .strictObject({
    id: refundIdSchema,
    object: z.literal('refund'),
    payment: paymentIdSchema,
    status: z.enum(['pending', 'in_doubt', 'succeeded', 'failed', 'reversed']),
    amount: minorUnitsSchema.meta({ description: 'Minor units' }),
    currency: currencySchema,
    reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).nullable(),
    last_error: lastErrorSchema.nullable(),
    provider_reference: z.string().nullable(),
    created_at: timeSchema,
  })
  .meta({ id: 'Refund' });

const conflictSchema = z
  .strictObject({
    reason: z.enum(keysOf<ConflictReason>(CONFLICT_REASONS)).meta({ description: 'More may come', ...GROWS }),
    operation: operationIdSchema,
    since: timeSchema,
  })
  .meta({ id: 'Conflict', description: 'What nobody expected, and an operator has to decide' });

const paymentMethodSchema = z
  .union([
    z.strictObject({ type: z.literal('card'), token: z.string() }),
    z.strictObject({
      type: z.literal('card'),
      tokens: z
        .array(z.strictObject({ provider: z.string(), account: z.string().nullable(), token: z.string() }))
        .readonly(),
    }),
  ])
  .meta({
    id: 'PaymentMethod',
    description: "A provider's token, or one for each of several accounts; never a card number",
  });

export const paymentSchema = z
  .strictObject({
    id: paymentIdSchema,
    object: z.literal('payment'),
    version: z.int().min(1).meta({ description: 'Counts the changes; `?as_of=` shows any of them' }),
    status: paymentStatusSchema,
    amount: z.int().min(1).meta({ description: 'What was asked for, in minor units of the currency' }),
    currency: currencySchema,
    capture: z.enum(['automatic', 'manual'] satisfies CaptureMode[]),
    amount_authorized: minorUnitsSchema,
    amount_capturable: minorUnitsSchema.meta({ description: 'What is held and can still be taken' }),
    amount_captured: minorUnitsSchema,
    amount_refunded: minorUnitsSchema,
    amount_disputed: minorUnitsSchema,
    amount_in_doubt: minorUnitsSchema.meta({ description: 'What may have moved, and nobody knows yet' }),
    provider: z.string().nullable().meta({ description: 'Where the deciding authorisation went' }),
    payment_method: paymentMethodSchema.nullable(),
    customer: z.string().nullable(),
    description: z.string().nullable(),
    statement_descriptor: z.string().nullable(),
    return_url: z.string().nullable(),
    next_action: z
      .strictObject({ type: z.literal('redirect_to_url'), url: z.string() })
      .nullable()
      .meta({ description: 'Send the customer there' }),
    cancel_wanted: z.boolean(),
    conflict: conflictSchema.nullable(),
    last_error: lastErrorSchema.nullable(),
    metadata: z.record(z.string(), z.string()),
    operations: z.array(operationSchema),
    refunds: z.array(refundSchema),
    created_at: timeSchema,
    updated_at: timeSchema,
  })
  .meta({ id: 'Payment', description: 'All amounts are whole numbers of minor units of `currency`' });

export const paymentListSchema = listSchemaOf('PaymentList', paymentSchema);

const paymentEventSchema = z
  .strictObject({
    object: z.literal('event'),
    type: z.enum(keysOf<PaymentEvent['type']>(EVENT_TYPES)).meta({ description: 'More may come', ...GROWS }),
    version: z.int().min(1).meta({ description: 'The version of the payment that it made' }),
    at: timeSchema,
    data: z.record(z.string(), z.unknown()).meta({ description: 'What the fact says; its members depend on `type`' }),
  })
  .meta({ id: 'PaymentEvent', description: 'A fact about a payment; never changed once written' });

export const paymentEventListSchema = listSchemaOf('PaymentEventList', paymentEventSchema);

const headersSchema = z.record(z.string(), z.string());

const exchangeSchema = z
  .strictObject({
    object: z.literal('exchange'),
    operation: operationIdSchema,
    at: timeSchema,
    duration_ms: z.int().min(0),
    request: z.strictObject({
      method: z.string(),
      path: z.string(),
      headers: headersSchema,
      body: z.string().nullable(),
    }),
    response: z
      .strictObject({ status: z.int(), headers: headersSchema, body: z.string() })
      .nullable()
      .meta({ description: 'Null: no whole answer came' }),
  })
  .meta({ id: 'Exchange', description: 'What was said to a provider and what it answered, secrets masked' });

export const timelineSchema = listSchemaOf(
  'Timeline',
  z.union([paymentEventSchema, exchangeSchema, ledgerEntrySchema, webhookDeliverySchema]),
);
