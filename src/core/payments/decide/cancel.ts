import { err, ok } from '#core/kit/result.ts';
import { liveAuthorization } from '#core/payments/amounts.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import { isOpen, type Operation, type Payment } from '#core/payments/payment.ts';
import { ask, type Planner } from '#core/payments/plan.ts';
import { decidingAuthorization, type PaymentStatus, statusOf } from '#core/payments/status.ts';
import type { Decision } from './rejections.ts';

/** Voids what is held. Where it isn't known whether anything is held, the wish is kept, and carried out when that is known. */
export function decideCancel(
  payment: Payment,
  command: Extract<PaymentCommand, { type: 'cancel' }>,
  planner: Planner,
): Decision {
  const status = statusOf(payment);
  const authorization = decidingAuthorization(payment);
  switch (status) {
    case 'requires_payment_method':
    case 'requires_confirmation':
      return ok([{ type: 'payment.canceled' }]);
    case 'in_doubt':
      return authorization?.outcome.status === 'unknown' && payment.cancel === 'none'
        ? ok([{ type: 'payment.cancel_requested' }])
        : err({ code: 'payment_not_cancelable', status });
    case 'requires_action':
    case 'processing':
      // Before the provider has it, nobody knows yet what to stop; that takes seconds.
      return authorization === undefined || !isStoppable(authorization) || hasOpenFollower(payment, authorization)
        ? err({ code: 'payment_not_cancelable', status })
        : voidOf(payment, authorization, { command, planner });
    case 'requires_capture':
    case 'partially_captured': {
      const held = liveAuthorization(payment);
      return held === null || hasOpenFollower(payment, held) || !isVoidable(held, { status, planner })
        ? err({ code: 'payment_not_cancelable', status })
        : voidOf(payment, held, { command, planner });
    }
    default:
      return err({ code: 'payment_not_cancelable', status });
  }
}

function isStoppable({ outcome }: Operation): boolean {
  return outcome.status === 'requires_action' || outcome.status === 'pending';
}

function isVoidable(held: Operation, { status, planner }: { status: PaymentStatus; planner: Planner }): boolean {
  return status === 'requires_capture' || planner.capabilities(held.account).voidsRest;
}

function hasOpenFollower(payment: Payment, authorization: Operation): boolean {
  return payment.operations.some((operation) => operation.target === authorization.n && isOpen(operation));
}

function voidOf(
  payment: Payment,
  target: Operation,
  { command, planner }: { command: { now: number }; planner: Planner },
): Decision {
  const intent = {
    operation: payment.operations.length + 1,
    kind: 'void',
    amountMinor: target.amountMinor,
    target: target.n,
    captures: false,
    final: false,
    stops: isOpen(target),
  } as const;
  const asked = ask(payment, intent, { planner, now: command.now, command: payment.version + 1 });
  return asked?.type === 'operation.sent' ? ok([asked]) : err({ code: 'provider_unavailable' });
}
