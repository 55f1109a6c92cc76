import type { Hono } from 'hono';
import type { z } from 'zod';
import { merchantReadBy } from '#api/accessToken.ts';
import type { Authenticate } from '#api/authenticate.ts';
import { PAYMENT_ROUTES } from '#api/contract/payments.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { ProblemError, problem } from '#api/problems.ts';
import { showEntry } from '#api/schemas/ledger.ts';
import type { createPaymentSchema, listPaymentsSchema } from '#api/schemas/payment.ts';
import { showExchange } from '#api/schemas/showExchange.ts';
import { showFacts, showPayment } from '#api/schemas/showPayment.ts';
import { showWebhookDelivery } from '#api/schemas/showWebhook.ts';
import { entriesOfCommit } from '#core/ledger/entriesOfCommit.ts';
import { type Currency, isActive, parseCurrency } from '#core/money/currencies.ts';
import type { CompleteAction } from '#core/payments/completeAction.ts';
import type { CreatePayment } from '#core/payments/createPayment.ts';
import type { PaymentFilter } from '#core/payments/paymentFilter.ts';
import type { ReadPayments } from '#core/payments/readPayments.ts';
import type { Deliveries } from '#core/webhooks/deliveries.ts';
import { refusal, showAnswer } from './answers.ts';
import { pageOf } from './pages.ts';

export type PaymentRoutesDeps = {
  authenticate: Authenticate;
  createPayment: CreatePayment;
  readPayments: ReadPayments;
  completeAction: CompleteAction;
  webhookDeliveries: Pick<Deliveries, 'ofPayment'>;
  /** Commits that the slowest consumer of the feed has not seen. */
  lag: () => number;
};

/** Beyond this lists and deadlines would lag too far behind what is accepted. */
export const LAG_COMMITS_MAX = 100_000;
const LAG_RETRY_AFTER_MS = 5000;

export function routePayments(app: Hono, deps: PaymentRoutesDeps): void {
  mount(app, PAYMENT_ROUTES, { authenticate: deps.authenticate, handlers: createHandlers(deps) });
}

function createHandlers({
  createPayment,
  readPayments,
  completeAction,
  webhookDeliveries,
  lag,
}: PaymentRoutesDeps): Handlers<typeof PAYMENT_ROUTES> {
  return {
    createPayment: async ({ caller, idempotencyKey, json, body }, c) => {
      if (lag() > LAG_COMMITS_MAX) return problem(c, 'overloaded', { retryAfterMs: LAG_RETRY_AFTER_MS });
      const result = await createPayment({
        merchant: caller.merchant,
        idempotencyKey,
        body: json,
        ...readRequest(body),
      });
      if (!result.ok) return refusal(c, result.error);
      return showAnswer(result.value, { done: 201, location: `/v1/payments/${result.value.payment.id}` });
    },

    listPayments: async ({ caller, query }, c) => {
      const { limit, cursor, status } = query;
      const merchant = merchantReadBy(caller);
      const result = await readPayments.list({ merchant, status, after: cursor, limit, ...filterOf(query) });
      if (!result.ok) return problem(c, result.error.code);
      const { payments, next } = result.value;
      return { status: 200, body: { object: 'list', data: payments.map(showPayment), next_cursor: next } };
    },

    getPayment: async ({ caller, params, query }, c) => {
      const result = await readPayments.get(merchantReadBy(caller), params.id, query.as_of);
      return result.ok ? { status: 200, body: showPayment(result.value) } : problem(c, result.error.code);
    },

    listPaymentEvents: async ({ caller, params, query }, c) => {
      const result = await readPayments.facts(merchantReadBy(caller), params.id);
      if (!result.ok) return problem(c, result.error.code);
      const data = result.value.flatMap((version) => showFacts(params.id, version));
      return { status: 200, body: pageOf(data, query) };
    },

    getPaymentTimeline: async ({ caller, params, query }, c) => {
      const result = await readPayments.facts(merchantReadBy(caller), params.id);
      if (!result.ok) return problem(c, result.error.code);
      const versions = result.value;
      const entries = versions.flatMap((_, index) => entriesOfCommit({ stream: params.id, versions }, index + 1));
      const items = [
        ...versions.flatMap((version) => showFacts(params.id, version)),
        ...(await readPayments.conversation(versions)).map(showExchange),
        ...entries.map(showEntry),
        ...(await webhookDeliveries.ofPayment(params.id, versions)).map(showWebhookDelivery),
      ];
      const data = items.sort((left, right) => timeOf(left).localeCompare(timeOf(right)));
      return { status: 200, body: pageOf(data, query) };
    },

    // For the customer's browser: an id that nobody can guess, and nothing shown.
    returnFromAction: async ({ params }, c) => {
      const returnUrl = await completeAction(params.id, c.req.query());
      if (returnUrl === null) return problem(c, 'payment_not_found');
      const target = new URL(returnUrl);
      target.searchParams.set('payment', params.id);
      return c.redirect(target.href, 303);
    },
  };
}

/** None where nothing is asked for beyond the status. */
function filterOf(query: z.output<typeof listPaymentsSchema>): { filter?: PaymentFilter } {
  const filter: PaymentFilter = {
    provider: query.provider,
    currency: query.currency,
    customer: query.customer,
    createdAfter: query.created_after,
    createdBefore: query.created_before,
    amountMinMinor: query.amount_min,
    amountMaxMinor: query.amount_max,
    metadata: query.metadata,
    text: query.q,
  };
  const { metadata, ...others } = filter;
  const isEmpty = Object.keys(metadata).length === 0 && Object.values(others).every((value) => value === null);
  return isEmpty ? {} : { filter };
}

function timeOf(item: { at: string } | { created_at: string }): string {
  return 'at' in item ? item.at : item.created_at;
}

function readRequest(body: z.output<typeof createPaymentSchema>) {
  return {
    amountMinor: BigInt(body.amount),
    currency: readCurrency(body.currency),
    capture: body.capture,
    confirm: body.confirm,
    attemptsMax: body.attempts_max,
    allowPartial: body.allow_partial_authorization,
    personal: {
      paymentMethod: body.payment_method,
      customer: body.customer,
      description: body.description,
      statementDescriptor: body.statement_descriptor,
      returnUrl: body.return_url,
      metadata: body.metadata,
    },
  };
}

function readCurrency(code: string): Currency {
  const currency = parseCurrency(code);
  if (currency !== undefined && isActive(currency)) return currency;
  throw new ProblemError('currency_unsupported', {
    errors: [{ pointer: '/currency', detail: `${code} is not an ISO 4217 currency in use` }],
  });
}
