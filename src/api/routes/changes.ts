import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import type { Authenticate } from '#api/authenticate.ts';
import { readBody } from '#api/body.ts';
import { problem } from '#api/problems.ts';
import {
  cancelPaymentSchema,
  capturePaymentSchema,
  confirmPaymentSchema,
  createRefundSchema,
  stateEvidenceSchema,
} from '#api/schemas/payment.ts';
import { showPayment, showRefund } from '#api/schemas/showPayment.ts';
import { assert } from '#core/kit/assert.ts';
import type { ChangePayment, ChangePaymentRequest } from '#core/payments/changePayment.ts';
import type { StateEvidence } from '#core/payments/operator.ts';
import { findOperation, parseOperationId } from '#core/payments/payment.ts';
import type { ReadPayments } from '#core/payments/readPayments.ts';
import { refusal, showAnswer } from './answers.ts';
import { readIdempotencyKey } from './doors.ts';

export type ChangeRoutesDeps = {
  authenticate: Authenticate;
  changePayment: ChangePayment;
  readPayments: ReadPayments;
  stateEvidence: StateEvidence;
};

type Command = ChangePaymentRequest['command'];

/** What is done to a payment after its creation. */
export function routeChanges(
  app: Hono,
  { authenticate, changePayment, readPayments, stateEvidence }: ChangeRoutesDeps,
): void {
  const caller = (c: Context, scope: string) => authenticate(c.req.header('authorization'), scope);

  async function change<Schema extends z.ZodType>(
    c: Context,
    scope: string,
    { schema, command }: { schema: Schema; command: (value: z.output<Schema>) => Command },
  ) {
    const { merchant } = await caller(c, scope);
    const idempotencyKey = readIdempotencyKey(c);
    const { json, value } = await readBody(c, schema);
    return await changePayment({
      merchant,
      payment: c.req.param('id') ?? '',
      idempotencyKey,
      body: json,
      command: command(value),
    });
  }

  app.post('/v1/payments/:id/confirm', async (c) => {
    const result = await change(c, 'payments:write', {
      schema: confirmPaymentSchema,
      command: (value) => ({ type: 'confirm', paymentMethod: value.payment_method }),
    });
    return result.ok ? showAnswer(c, result.value, { done: 200 }) : refusal(c, result.error);
  });

  app.post('/v1/payments/:id/capture', async (c) => {
    const result = await change(c, 'payments:write', {
      schema: capturePaymentSchema,
      command: ({ amount, final }) => ({
        type: 'capture',
        amountMinor: amount === null ? null : BigInt(amount),
        final,
      }),
    });
    return result.ok ? showAnswer(c, result.value, { done: 200 }) : refusal(c, result.error);
  });

  app.post('/v1/payments/:id/cancel', async (c) => {
    const result = await change(c, 'payments:write', {
      schema: cancelPaymentSchema,
      command: () => ({ type: 'cancel' }),
    });
    return result.ok ? showAnswer(c, result.value, { done: 200 }) : refusal(c, result.error);
  });

  app.post('/v1/payments/:id/refunds', async (c) => {
    const result = await change(c, 'refunds:write', {
      schema: createRefundSchema,
      command: ({ amount, reason }) => ({
        type: 'refund',
        amountMinor: amount === null ? null : BigInt(amount),
        reason,
      }),
    });
    if (!result.ok) return refusal(c, result.error);
    const { payment, operation, replayed } = result.value;
    assert(operation !== null, 'a refund has an operation');
    const refund = showRefund(payment, operation);
    if (replayed) c.header('idempotency-replayed', 'true');
    c.header('location', `/v1/refunds/${refund.id}`);
    return c.json(refund, refund.status === 'pending' || refund.status === 'in_doubt' ? 202 : 201);
  });

  app.get('/v1/refunds/:id', async (c) => {
    const { merchant } = await caller(c, 'payments:read');
    const subject = parseOperationId(c.req.param('id'));
    const result = subject === null ? null : await readPayments.get(merchant, subject.payment);
    const operation = subject !== null && result?.ok === true ? findOperation(result.value, subject.n) : undefined;
    if (result?.ok !== true || operation?.kind !== 'refund' || !c.req.param('id').startsWith('ref_'))
      return problem(c, 'refund_not_found');
    return c.json(showRefund(result.value, operation));
  });

  // The operator's: of all merchants, with a name and a reason.
  app.post('/v1/payments/:id/evidence', async (c) => {
    const { subject } = await caller(c, 'operations:write');
    const { value } = await readBody(c, stateEvidenceSchema);
    const operation = parseOperationId(value.operation);
    if (operation?.payment !== c.req.param('id'))
      return problem(c, 'operation_not_found', {
        errors: [{ pointer: '/operation', detail: 'This is no operation of the payment' }],
      });
    const result = await stateEvidence({
      payment: operation.payment,
      operation: operation.n,
      outcome: value.outcome,
      by: { name: subject, reason: value.reason },
    });
    return result.ok ? c.json(showPayment(result.value)) : refusal(c, result.error);
  });
}
