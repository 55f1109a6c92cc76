import type { Context } from 'hono';
import { problem } from '#api/problems.ts';
import { showPayment } from '#api/schemas/showPayment.ts';
import { formatMoney } from '#core/money/money.ts';
import type { Answer, CommandRejection } from '#core/payments/runCommand.ts';
import { statusOf } from '#core/payments/status.ts';

/** 202 while nobody knows the outcome yet. */
export function showAnswer(c: Context, { payment, replayed }: Answer, { done }: { done: 200 | 201 }): Response {
  const status = statusOf(payment);
  if (replayed) c.header('idempotency-replayed', 'true');
  return c.json(showPayment(payment), status === 'processing' || status === 'in_doubt' ? 202 : done);
}

/** What a refused command tells its client beside the code: the state, what is left, when to come again. */
export function refusal(c: Context, rejection: CommandRejection): Response {
  switch (rejection.code) {
    case 'idempotency_key_in_use':
      return problem(c, rejection.code, { retryAfterMs: rejection.retryAfterMs, outcome: 'unknown' });
    case 'payment_not_confirmable':
    case 'payment_not_capturable':
    case 'payment_not_cancelable':
    case 'payment_not_refundable':
      return problem(c, rejection.code, {
        detail: `The payment is ${rejection.status}`,
        extra: { payment_status: rejection.status },
      });
    case 'amount_exceeds_capturable':
      return problem(c, rejection.code, {
        detail: `${formatMoney(rejection.leftMinor, rejection.currency)} is left to capture`,
        extra: { amount_capturable: Number(rejection.leftMinor) },
      });
    case 'amount_exceeds_refundable':
      return problem(c, rejection.code, {
        detail: `${formatMoney(rejection.leftMinor, rejection.currency)} is left to refund`,
        extra: { amount_refundable: Number(rejection.leftMinor) },
      });
    default:
      return problem(c, rejection.code);
  }
}
