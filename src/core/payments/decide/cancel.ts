import { err, ok } from '#core/kit/result.ts';
import { type Position, positionsOf } from '#core/payments/amounts.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import { isOpen, type Operation, type Payment } from '#core/payments/payment.ts';
import { ask, type Planner } from '#core/payments/plan.ts';
import { decidingAuthorization, statusOf } from '#core/payments/status.ts';
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
        : voidAll(payment, [authorization], { command, planner });
    case 'requires_capture':
    case 'partially_captured': {
      // Every hold, should there be more than one: nothing is left behind that nobody looks after.
      const held = positionsOf(payment).filter((position) => position.isLive && !position.hasOpenFollower);
      return held.length === 0 || !held.every((position) => isVoidable(position, planner))
        ? err({ code: 'payment_not_cancelable', status })
        : voidAll(
            payment,
            held.map((position) => position.authorization),
            { command, planner },
          );
    }
    default:
      return err({ code: 'payment_not_cancelable', status });
  }
}

function isStoppable({ outcome }: Operation): boolean {
  return outcome.status === 'requires_action' || outcome.status === 'pending';
}

function isVoidable({ authorization, capturedMinor }: Position, planner: Planner): boolean {
  return capturedMinor === 0n || planner.capabilities(authorization.account)?.voidsRest === true;
}

function hasOpenFollower(payment: Payment, authorization: Operation): boolean {
  return payment.operations.some((operation) => operation.target === authorization.n && isOpen(operation));
}

type Context = { command: { now: number }; planner: Planner };

function voidAll(payment: Payment, targets: readonly Operation[], { command, planner }: Context): Decision {
  const asked = targets.map((target, index) => {
    const intent = {
      operation: payment.operations.length + 1 + index,
      kind: 'void',
      amountMinor: target.amountMinor,
      target: target.n,
      captures: false,
      final: false,
      stops: isOpen(target),
    } as const;
    return ask(payment, intent, { planner, now: command.now, command: payment.version + 1 });
  });
  const sent = asked.filter((event) => event?.type === 'operation.sent');
  return sent.length === asked.length ? ok(sent) : err({ code: 'provider_unavailable' });
}
