import { err, ok } from '#core/kit/result.ts';
import { type Position, positionsOf } from '#core/payments/amounts.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import type { Payment } from '#core/payments/payment.ts';
import { ask, type Planner } from '#core/payments/plan.ts';
import { statusOf } from '#core/payments/status.ts';
import type { Decision } from './rejections.ts';

export function decideRefund(
  payment: Payment,
  command: Extract<PaymentCommand, { type: 'refund' }>,
  planner: Planner,
): Decision {
  const position = refundTarget(payment);
  if (position === undefined) return err({ code: 'payment_not_refundable', status: statusOf(payment) });
  const { authorization: target, refundableMinor } = position;
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

/** A refund is of one charge, and never more than that has left: of the wanted ones the last that has anything left. */
function refundTarget(payment: Payment): Position | undefined {
  const captured = positionsOf(payment).filter((position) => position.capturedMinor > 0n);
  const left = captured.filter((position) => position.refundableMinor > 0n);
  return left.findLast(isWanted) ?? left.at(-1) ?? captured.findLast(isWanted) ?? captured.at(-1);
}

function isWanted({ authorization }: Position): boolean {
  return authorization.unwanted === null;
}
