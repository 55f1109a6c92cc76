import type { Context } from 'hono';
import { problem } from '#api/problems.ts';
import { showPayment } from '#api/schemas/showPayment.ts';
import { formatMoney } from '#core/money/money.ts';
import type { Answer, CommandRejection } from '#core/payments/runCommand.ts';
import { statusOf } from '#core/payments/status.ts';

/** 202 while nobody knows the outcome yet. */
export function showAnswer<Done extends 200 | 201>(
  { payment, replayed }: Answer,
  { done, location }: { done: Done; location?: string },
) {
  const status = statusOf(payment);
  const shown = { body: showPayment(payment), headers: answerHeaders({ replayed, location }) };
  return status === 'processing' || status === 'in_doubt'
    ? { status: 202 as const, ...shown }
    : { status: done, ...shown };
}

export function answerHeaders({ replayed, location }: { replayed: boolean; location?: string | undefined }) {
  const headers: Record<string, string> = {};
  if (location !== undefined) headers['location'] = location;
  if (replayed) headers['idempotency-replayed'] = 'true';
  return headers;
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
    case 'token_account_unknown':
      return problem(c, rejection.code, {
        errors: [
          {
            pointer: `/payment_method/tokens/${rejection.place}`,
            detail: 'The merchant has no such account at this provider',
          },
        ],
      });
    default:
      return problem(c, rejection.code);
  }
}
