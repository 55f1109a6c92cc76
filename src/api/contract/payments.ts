import { declare } from '#api/declare.ts';
import { paymentEventListSchema, paymentListSchema, paymentSchema, timelineSchema } from '#api/schemas/answers.ts';
import { paymentIdSchema } from '#api/schemas/common.ts';
import { createPaymentSchema, getPaymentSchema, historyPageSchema, listPaymentsSchema } from '#api/schemas/payment.ts';
import { DECLINED, EVENT, IN_DOUBT, listOf, PAYMENT } from './samples.ts';

const params = { id: paymentIdSchema };

export const PAYMENT_ROUTES = declare({
  createPayment: {
    method: 'post',
    path: '/v1/payments',
    tag: 'Payments',
    summary: 'Create a payment',
    description:
      'Creates a payment and, unless `confirm` is false, asks a provider to authorise it. A decline is no error of HTTP: the payment says so in `last_error`.',
    scopes: ['payments:write'],
    idempotencyKey: true,
    body: createPaymentSchema,
    bodyExamples: {
      approved: {
        amount: 1999,
        currency: 'EUR',
        payment_method: { type: 'card', token: 'tok_approved' },
        customer: 'cus_1042',
        description: 'Order 7',
        metadata: { order: '7' },
      },
      held: {
        amount: 1999,
        currency: 'EUR',
        capture: 'manual',
        payment_method: { type: 'card', token: 'tok_approved' },
      },
      declined: {
        amount: 1999,
        currency: 'EUR',
        payment_method: { type: 'card', token: 'tok_insufficient_funds' },
      },
      unconfirmed: { amount: 1999, currency: 'EUR', confirm: false },
    },
    responses: {
      201: {
        description: 'Made; `status` and `last_error` tell what came of it',
        schema: paymentSchema,
        headers: ['Location', 'Idempotency-Replayed'],
        examples: { approved: PAYMENT, declined: DECLINED },
      },
      202: {
        description: 'The outcome is not known yet: the payment is `processing` or `in_doubt`',
        schema: paymentSchema,
        headers: ['Location', 'Idempotency-Replayed'],
        examples: { in_doubt: IN_DOUBT },
      },
    },
    problems: [
      'currency_unsupported',
      'no_provider_account',
      'token_account_unknown',
      'overloaded',
      'payment_unreadable',
    ],
  },
  listPayments: {
    method: 'get',
    path: '/v1/payments',
    tag: 'Payments',
    summary: 'List payments',
    description:
      'The newest first, a moment behind what was answered. A page stays the same while new payments come. A page may be short, or empty, and still have a `next_cursor`: then the filter has to look further.',
    scopes: ['operations:read', 'payments:read'],
    query: listPaymentsSchema,
    responses: {
      200: { description: 'A page of payments', schema: paymentListSchema, examples: { page: listOf(PAYMENT) } },
    },
    problems: ['cursor_invalid'],
  },
  getPayment: {
    method: 'get',
    path: '/v1/payments/:id',
    tag: 'Payments',
    summary: 'Get a payment',
    description: 'As it is, or with `as_of` as it was.',
    scopes: ['operations:read', 'payments:read'],
    params,
    query: getPaymentSchema,
    responses: {
      200: { description: 'The payment', schema: paymentSchema, examples: { approved: PAYMENT, in_doubt: IN_DOUBT } },
    },
    problems: ['payment_not_found', 'payment_unreadable'],
  },
  listPaymentEvents: {
    method: 'get',
    path: '/v1/payments/:id/events',
    tag: 'Payments',
    summary: 'List the facts of a payment',
    description: 'In the order in which they were written. Everything else about the payment is computed from them.',
    scopes: ['operations:read', 'payments:read'],
    params,
    query: historyPageSchema,
    responses: {
      200: { description: 'Its facts', schema: paymentEventListSchema, examples: { page: listOf(EVENT) } },
    },
    problems: ['cursor_invalid', 'payment_not_found', 'payment_unreadable'],
  },
  getPaymentTimeline: {
    method: 'get',
    path: '/v1/payments/:id/timeline',
    tag: 'Payments',
    summary: 'Get all that happened around a payment',
    description:
      'Facts, what was said to providers and what they answered (secrets masked), ledger entries and webhook deliveries, by time.',
    scopes: ['operations:read', 'payments:read'],
    params,
    query: historyPageSchema,
    responses: {
      200: { description: 'What happened', schema: timelineSchema, examples: { page: listOf(EVENT) } },
    },
    problems: ['cursor_invalid', 'payment_not_found', 'payment_unreadable'],
  },
  returnFromAction: {
    method: 'get',
    path: '/return/:id',
    tag: 'Payments',
    summary: "Where a customer's browser comes back to",
    description:
      'After a challenge at the provider. Sends the browser on to the `return_url` of the payment, with `payment=<id>` added.',
    // An id that nobody can guess is all that it takes, and it shows nothing.
    scopes: [],
    forBrowsers: true,
    params,
    responses: { 303: { description: "On to the merchant's page", headers: ['Location'] } },
    problems: ['payment_not_found', 'payment_unreadable'],
  },
});
