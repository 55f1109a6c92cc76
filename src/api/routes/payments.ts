import type { Context, Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { readBody } from '#api/body.ts';
import { ProblemError, problem } from '#api/problems.ts';
import { showEntry } from '#api/schemas/ledger.ts';
import { createPaymentSchema, getPaymentSchema, listPaymentsSchema } from '#api/schemas/payment.ts';
import { showExchange } from '#api/schemas/showExchange.ts';
import { showFacts, showPayment } from '#api/schemas/showPayment.ts';
import { entriesOfCommit } from '#core/ledger/entriesOfCommit.ts';
import { type Currency, isActive, parseCurrency } from '#core/money/currencies.ts';
import type { CompleteAction } from '#core/payments/completeAction.ts';
import type { CreatePayment } from '#core/payments/createPayment.ts';
import type { ReadPayments } from '#core/payments/readPayments.ts';
import { refusal, showAnswer } from './answers.ts';
import { readIdempotencyKey, readQuery } from './doors.ts';

export type PaymentRoutesDeps = {
  authenticate: Authenticate;
  createPayment: CreatePayment;
  readPayments: ReadPayments;
  completeAction: CompleteAction;
  /** Commits that the slowest consumer of the feed has not seen. */
  lag: () => number;
};

/** Beyond this lists and deadlines would lag too far behind what is accepted. */
const LAG_COMMITS_MAX = 100_000;
const LAG_RETRY_AFTER_MS = 5000;

export function routePayments(
  app: Hono,
  { authenticate, createPayment, readPayments, completeAction, lag }: PaymentRoutesDeps,
): void {
  const caller = (c: Context, scope: string) => authenticate(c.req.header('authorization'), scope);

  app.post('/v1/payments', async (c) => {
    const { merchant } = await caller(c, 'payments:write');
    const idempotencyKey = readIdempotencyKey(c);
    if (lag() > LAG_COMMITS_MAX) throw new ProblemError('overloaded', { retryAfterMs: LAG_RETRY_AFTER_MS });
    const { json, value } = await readBody(c, createPaymentSchema);
    const result = await createPayment({
      merchant,
      idempotencyKey,
      body: json,
      amountMinor: BigInt(value.amount),
      currency: readCurrency(value.currency),
      capture: value.capture,
      confirm: value.confirm,
      attemptsMax: value.attempts_max,
      allowPartial: value.allow_partial_authorization,
      personal: {
        paymentMethod: value.payment_method,
        customer: value.customer,
        description: value.description,
        statementDescriptor: value.statement_descriptor,
        returnUrl: value.return_url,
        metadata: value.metadata,
      },
    });
    if (!result.ok) return refusal(c, result.error);
    c.header('location', `/v1/payments/${result.value.payment.id}`);
    return showAnswer(c, result.value, { done: 201 });
  });

  app.get('/v1/payments', async (c) => {
    const { merchant } = await caller(c, 'payments:read');
    const { limit, cursor, status } = readQuery(c, listPaymentsSchema);
    const result = await readPayments.list({ merchant, status, after: cursor, limit });
    if (!result.ok) return problem(c, result.error.code);
    return c.json({ object: 'list', data: result.value.payments.map(showPayment), next_cursor: result.value.next });
  });

  app.get('/v1/payments/:id', async (c) => {
    const { merchant } = await caller(c, 'payments:read');
    const { as_of: asOf } = readQuery(c, getPaymentSchema);
    const result = await readPayments.get(merchant, c.req.param('id'), asOf);
    return result.ok ? c.json(showPayment(result.value)) : problem(c, result.error.code);
  });

  app.get('/v1/payments/:id/events', async (c) => {
    const { merchant } = await caller(c, 'payments:read');
    const id = c.req.param('id');
    const result = await readPayments.facts(merchant, id);
    if (!result.ok) return problem(c, result.error.code);
    return c.json({
      object: 'list',
      data: result.value.flatMap((version) => showFacts(id, version)),
      next_cursor: null,
    });
  });

  app.get('/v1/payments/:id/timeline', async (c) => {
    const { merchant } = await caller(c, 'payments:read');
    const id = c.req.param('id');
    const result = await readPayments.facts(merchant, id);
    if (!result.ok) return problem(c, result.error.code);
    const versions = result.value;
    const entries = versions.flatMap((_, index) => entriesOfCommit({ stream: id, versions }, index + 1));
    const items = [
      ...versions.flatMap((version) => showFacts(id, version)),
      ...(await readPayments.conversation(versions)).map(showExchange),
      ...entries.map(showEntry),
    ];
    return c.json({
      object: 'list',
      data: items.sort((left, right) => left.at.localeCompare(right.at)),
      next_cursor: null,
    });
  });

  // For the customer's browser: no token, an id that nobody can guess, and nothing shown.
  app.get('/return/:id', async (c) => {
    const returnUrl = await completeAction(c.req.param('id'));
    if (returnUrl === null) return problem(c, 'payment_not_found');
    const target = new URL(returnUrl);
    target.searchParams.set('payment', c.req.param('id'));
    return c.redirect(target.href, 303);
  });
}

function readCurrency(code: string): Currency {
  const currency = parseCurrency(code);
  if (currency !== undefined && isActive(currency)) return currency;
  throw new ProblemError('currency_unsupported', {
    errors: [{ pointer: '/currency', detail: `${code} is not an ISO 4217 currency in use` }],
  });
}
