import { err, ok } from '#core/kit/result.ts';
import { amountsOf, capturedOf } from '#core/payments/amounts.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import type { Operation, Payment } from '#core/payments/payment.ts';
import { ask, type Planner } from '#core/payments/plan.ts';
import { statusOf } from '#core/payments/status.ts';
import type { Decision } from './rejections.ts';

export function decideRefund(
  payment: Payment,
  command: Extract<PaymentCommand, { type: 'refund' }>,
  planner: Planner,
): Decision {
  const target = capturedAuthorization(payment);
  const { refundableMinor } = amountsOf(payment);
  if (target === undefined) return err({ code: 'payment_not_refundable', status: statusOf(payment) });
  const amountMinor = command.amountMinor ?? refundableMinor;
  if (amountMinor > refundableMinor || refundableMinor === 0n)
    return err({ code: 'amount_exceeds_refundable', leftMinor: refundableMinor, currency: payment.currency });
  const intent = {
    operation: payment.operations.length + 1,
    kind: 'refund',
    amountMinor,
    target: target.n,
    captures: false,
    final: false,
    stops: false,
  } as const;
  const asked = ask(payment, intent, {
    planner,
    now: command.now,
    command: payment.version + 1,
    reason: command.reason,
  });
  return asked?.type === 'operation.sent' ? ok([asked]) : err({ code: 'provider_unavailable' });
}

/** The authorisation that money was taken of, the last where there are more. */
function capturedAuthorization(payment: Payment): Operation | undefined {
  return payment.operations.findLast(
    (operation) => operation.kind === 'authorize' && capturedOf(payment, operation) > 0n,
  );
}
