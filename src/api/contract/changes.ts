import { declare } from '#api/declare.ts';
import { paymentSchema, refundSchema } from '#api/schemas/answers.ts';
import { paymentIdSchema, refundIdSchema } from '#api/schemas/common.ts';
import { stateEvidenceSchema } from '#api/schemas/evidence.ts';
import {
  cancelPaymentSchema,
  capturePaymentSchema,
  confirmPaymentSchema,
  createRefundSchema,
} from '#api/schemas/payment.ts';
import { CANCELED, HELD, IN_DOUBT, OPERATION_ID, PAYMENT, REFUND } from './samples.ts';

const params = { id: paymentIdSchema };

/** What a change of a payment is answered with. */
function changed(examples: { readonly [name: string]: unknown }) {
  return {
    200: {
      description: 'Done; `status` and `last_error` tell what came of it',
      schema: paymentSchema,
      headers: ['Idempotency-Replayed'],
      examples,
    },
    202: {
      description: 'The outcome is not known yet: the payment is `processing` or `in_doubt`',
      schema: paymentSchema,
      headers: ['Idempotency-Replayed'],
      examples: { in_doubt: IN_DOUBT },
    },
  } as const;
}

export const CHANGE_ROUTES = declare({
  confirmPayment: {
    method: 'post',
    path: '/v1/payments/:id/confirm',
    tag: 'Payments',
    summary: 'Confirm a payment',
    description: 'Authorises a payment that waits for it, with another payment method where the last one failed.',
    scopes: ['payments:write'],
    idempotencyKey: true,
    params,
    body: confirmPaymentSchema,
    bodyExamples: { approved: { payment_method: { type: 'card', token: 'tok_approved' } } },
    responses: changed({ approved: PAYMENT }),
    problems: [
      'payment_not_found',
      'payment_not_confirmable',
      'payment_method_required',
      'too_many_operations',
      'no_provider_account',
      'token_account_unknown',
      'payment_unreadable',
    ],
  },
  capturePayment: {
    method: 'post',
    path: '/v1/payments/:id/capture',
    tag: 'Payments',
    summary: 'Capture a payment',
    description: 'Takes part or all of what is held; more than once where the provider can.',
    scopes: ['payments:write'],
    idempotencyKey: true,
    params,
    body: capturePaymentSchema,
    bodyExamples: { all: {}, part: { amount: 500, final: false } },
    responses: changed({ captured: { ...PAYMENT, capture: 'manual' } }),
    problems: [
      'payment_not_found',
      'payment_not_capturable',
      'amount_exceeds_capturable',
      'multiple_captures_unsupported',
      'partial_capture_unsupported',
      'too_many_operations',
      'provider_unavailable',
      'payment_unreadable',
    ],
  },
  cancelPayment: {
    method: 'post',
    path: '/v1/payments/:id/cancel',
    tag: 'Payments',
    summary: 'Cancel a payment',
    description:
      'Gives back what is held. A payment in doubt is canceled as soon as it is known what there is to cancel.',
    scopes: ['payments:write'],
    idempotencyKey: true,
    params,
    body: cancelPaymentSchema,
    bodyExamples: { cancel: {} },
    responses: changed({ canceled: CANCELED }),
    problems: [
      'payment_not_found',
      'payment_not_cancelable',
      'too_many_operations',
      'provider_unavailable',
      'payment_unreadable',
    ],
  },
  createRefund: {
    method: 'post',
    path: '/v1/payments/:id/refunds',
    tag: 'Refunds',
    summary: 'Refund a payment',
    description: 'Gives back part or all of what was captured.',
    scopes: ['refunds:write'],
    idempotencyKey: true,
    params,
    body: createRefundSchema,
    bodyExamples: { part: { amount: 500, reason: 'requested_by_customer' }, rest: {} },
    responses: {
      201: {
        description: 'Done; `status` and `last_error` tell what came of it',
        schema: refundSchema,
        headers: ['Location', 'Idempotency-Replayed'],
        examples: { refunded: REFUND },
      },
      202: {
        description: 'The outcome is not known yet: the refund is `pending` or `in_doubt`',
        schema: refundSchema,
        headers: ['Location', 'Idempotency-Replayed'],
        examples: { in_doubt: { ...REFUND, status: 'in_doubt', provider_reference: null } },
      },
    },
    problems: [
      'payment_not_found',
      'payment_not_refundable',
      'amount_exceeds_refundable',
      'too_many_operations',
      'provider_unavailable',
      'payment_unreadable',
    ],
  },
  getRefund: {
    method: 'get',
    path: '/v1/refunds/:id',
    tag: 'Refunds',
    summary: 'Get a refund',
    scopes: ['operations:read', 'payments:read'],
    params: { id: refundIdSchema },
    responses: { 200: { description: 'The refund', schema: refundSchema, examples: { refunded: REFUND } } },
    problems: ['refund_not_found', 'payment_unreadable'],
  },
  stateEvidence: {
    method: 'post',
    path: '/v1/payments/:id/evidence',
    tag: 'Operations',
    summary: 'State what became of an operation',
    description:
      "An operator's word, with a reason that is kept: ends a doubt (`succeeded`, `not_happened`) or resolves a conflict (`accept`, `return_money`). Of any merchant.",
    scopes: ['operations:write'],
    params,
    body: stateEvidenceSchema,
    bodyExamples: {
      found: { operation: OPERATION_ID, outcome: 'succeeded', reason: "Seen in the provider's dashboard" },
    },
    responses: { 200: { description: 'The payment as it is now', schema: paymentSchema, examples: { held: HELD } } },
    problems: [
      'payment_not_found',
      'operation_not_found',
      'operation_not_in_doubt',
      'no_conflict',
      'resolution_not_possible',
      'deadline_not_reached',
      'payment_unreadable',
    ],
  },
});
