import type { Context, Hono } from 'hono';
import { merchantReadBy } from '#api/accessToken.ts';
import type { Authenticate, Caller } from '#api/authenticate.ts';
import { CHANGE_ROUTES } from '#api/contract/changes.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { problem } from '#api/problems.ts';
import { showPayment, showRefund } from '#api/schemas/showPayment.ts';
import { assert } from '#core/kit/assert.ts';
import type { Json } from '#core/kit/canonicalJson.ts';
import type { ChangePayment, ChangePaymentRequest } from '#core/payments/changePayment.ts';
import type { StateEvidence } from '#core/payments/operator.ts';
import { findOperation, parseOperationId } from '#core/payments/payment.ts';
import type { ReadPayments } from '#core/payments/readPayments.ts';
import { answerHeaders, refusal, showAnswer } from './answers.ts';

export type ChangeRoutesDeps = {
  authenticate: Authenticate;
  changePayment: ChangePayment;
  readPayments: ReadPayments;
  stateEvidence: StateEvidence;
};

/** What mount.ts has read of a change. */
type Asked = {
  caller: Caller;
  params: { readonly id: string };
  json: Json;
  idempotencyKey: string;
};

/** What is done to a payment after its creation. */
export function routeChanges(app: Hono, deps: ChangeRoutesDeps): void {
  mount(app, CHANGE_ROUTES, { authenticate: deps.authenticate, handlers: createHandlers(deps) });
}

function createHandlers({
  changePayment,
  readPayments,
  stateEvidence,
}: ChangeRoutesDeps): Handlers<typeof CHANGE_ROUTES> {
  const run = ({ caller, params, json, idempotencyKey }: Asked, command: ChangePaymentRequest['command']) =>
    changePayment({ merchant: caller.merchant, payment: params.id, idempotencyKey, body: json, command });

  async function change(asked: Asked, c: Context, command: ChangePaymentRequest['command']) {
    const result = await run(asked, command);
    return result.ok ? showAnswer(result.value, { done: 200 }) : refusal(c, result.error);
  }

  return {
    confirmPayment: (asked, c) => change(asked, c, { type: 'confirm', paymentMethod: asked.body.payment_method }),

    capturePayment: (asked, c) =>
      change(asked, c, { type: 'capture', amountMinor: minorOf(asked.body.amount), final: asked.body.final }),

    cancelPayment: (asked, c) => change(asked, c, { type: 'cancel' }),

    createRefund: async (asked, c) => {
      const { amount, reason } = asked.body;
      const result = await run(asked, { type: 'refund', amountMinor: minorOf(amount), reason });
      if (!result.ok) return refusal(c, result.error);
      const { payment, operation, replayed } = result.value;
      assert(operation !== null, 'a refund has an operation');
      const refund = showRefund(payment, operation);
      const isOpen = refund.status === 'pending' || refund.status === 'in_doubt';
      const shown = { body: refund, headers: answerHeaders({ replayed, location: `/v1/refunds/${refund.id}` }) };
      return isOpen ? { status: 202, ...shown } : { status: 201, ...shown };
    },

    getRefund: async ({ caller, params: { id } }, c) => {
      const subject = parseOperationId(id);
      const result = subject === null ? null : await readPayments.get(merchantReadBy(caller), subject.payment);
      const operation = subject !== null && result?.ok === true ? findOperation(result.value, subject.n) : undefined;
      if (result?.ok !== true || operation?.kind !== 'refund' || !id.startsWith('ref_'))
        return problem(c, 'refund_not_found');
      return { status: 200, body: showRefund(result.value, operation) };
    },

    // The operator's: of all merchants, with a name and a reason.
    stateEvidence: async ({ caller, params, body }, c) => {
      const operation = parseOperationId(body.operation);
      if (operation?.payment !== params.id)
        return problem(c, 'operation_not_found', {
          errors: [{ pointer: '/operation', detail: 'This is no operation of the payment' }],
        });
      const result = await stateEvidence({
        payment: operation.payment,
        operation: operation.n,
        outcome: body.outcome,
        by: { name: caller.subject, reason: body.reason },
        seen: { providerReference: body.provider_reference, amountMinor: minorOf(body.amount) },
      });
      return result.ok ? { status: 200, body: showPayment(result.value) } : refusal(c, result.error);
    },
  };
}

/** Null: all of it. */
function minorOf(amount: number | null): bigint | null {
  return amount === null ? null : BigInt(amount);
}
