import type { Context, Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { fieldErrors, readBody } from '#api/body.ts';
import { ProblemError, problem } from '#api/problems.ts';
import { createPaymentSchema, listPaymentsSchema, showPayment } from '#api/schemas/payment.ts';
import { containsCardNumber } from '#core/kit/cardNumber.ts';
import { type Currency, isActive, parseCurrency } from '#core/money/currencies.ts';
import type { Answer, CreatePayment } from '#core/payments/createPayment.ts';
import type { ReadPayments } from '#core/payments/readPayments.ts';
import { statusOf } from '#core/payments/status.ts';

export type PaymentRoutesDeps = {
  authenticate: Authenticate;
  createPayment: CreatePayment;
  readPayments: ReadPayments;
  /** Commits that the slowest consumer of the feed has not seen. */
  lag: () => number;
};

/** Beyond this lists and deadlines would lag too far behind what is accepted. */
const LAG_COMMITS_MAX = 100_000;
const LAG_RETRY_AFTER_MS = 5000;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export function routePayments(app: Hono, { authenticate, createPayment, readPayments, lag }: PaymentRoutesDeps): void {
  app.post('/v1/payments', async (c) => {
    const { merchant } = await authenticate(c.req.header('authorization'), 'payments:write');
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
      attemptsMax: value.attempts_max,
      personal: {
        paymentMethod: value.payment_method,
        customer: value.customer,
        description: value.description,
        statementDescriptor: value.statement_descriptor,
        metadata: value.metadata,
      },
    });
    if (!result.ok) return problem(result.error.code, 'retryAfterMs' in result.error ? { retryAfterMs: result.error.retryAfterMs } : {});
    return showAnswer(c, result.value);
  });

  app.get('/v1/payments', async (c) => {
    const { merchant } = await authenticate(c.req.header('authorization'), 'payments:read');
    const query = listPaymentsSchema.safeParse(c.req.query());
    if (!query.success) throw new ProblemError('request_malformed', { detail: 'The query is not what this list expects', errors: query.error.issues.flatMap(fieldErrors) });
    const { limit, cursor, status } = query.data;
    const result = await readPayments.list({ merchant, status, after: cursor, limit });
    if (!result.ok) return problem(result.error.code);
    return c.json({ object: 'list', data: result.value.payments.map(showPayment), next_cursor: result.value.next });
  });

  app.get('/v1/payments/:id', async (c) => {
    const { merchant } = await authenticate(c.req.header('authorization'), 'payments:read');
    const result = await readPayments.get(merchant, c.req.param('id'));
    return result.ok ? c.json(showPayment(result.value)) : problem(result.error.code);
  });
}

function showAnswer(c: Context, { payment, replayed }: Answer): Response {
  const status = statusOf(payment);
  c.header('location', `/v1/payments/${payment.id}`);
  if (replayed) c.header('idempotency-replayed', 'true');
  return c.json(showPayment(payment), status === 'processing' || status === 'in_doubt' ? 202 : 201);
}

function readIdempotencyKey(c: Context): string {
  const key = c.req.header('idempotency-key');
  if (key === undefined) throw new ProblemError('idempotency_key_required');
  if (!IDEMPOTENCY_KEY.test(key)) throw new ProblemError('idempotency_key_invalid');
  if (containsCardNumber(key)) throw new ProblemError('card_number_in_field', { errors: [{ pointer: 'Idempotency-Key', detail: 'This looks like a card number' }] });
  return key;
}

function readCurrency(code: string): Currency {
  const currency = parseCurrency(code);
  if (currency !== undefined && isActive(currency)) return currency;
  throw new ProblemError('currency_unsupported', { errors: [{ pointer: '/currency', detail: `${code} is not an ISO 4217 currency in use` }] });
}
