import { err, ok } from '#core/kit/result.ts';
import { captureTarget, positionsOf } from '#core/payments/amounts.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import { type Conflict, isAbsent, type Payment } from '#core/payments/payment.ts';
import { ask, type Planner } from '#core/payments/plan.ts';
import { statusOf } from '#core/payments/status.ts';
import type { Capabilities } from '#core/provider/port.ts';
import type { Decision } from './rejections.ts';

export function decideCapture(
  payment: Payment,
  command: Extract<PaymentCommand, { type: 'capture' }>,
  planner: Planner,
): Decision {
  const position = captureTarget(positionsOf(payment));
  if (position === undefined || payment.conflicts.some(isAboutMoney))
    return err({ code: 'payment_not_capturable', status: statusOf(payment) });
  const { authorization, capturableMinor } = position;
  const { multipleCaptures, partialCaptures } = planner.capabilities(authorization.account) ?? CAPTURES_ONCE;
  const others = payment.operations.filter(
    (operation) => operation.kind === 'capture' && operation.target === authorization.n && !isAbsent(operation),
  );
  const amountMinor = command.amountMinor ?? capturableMinor;
  if (amountMinor > capturableMinor || capturableMinor === 0n)
    return err({ code: 'amount_exceeds_capturable', leftMinor: capturableMinor, currency: payment.currency });
  if (amountMinor < capturableMinor && partialCaptures === false) return err({ code: 'partial_capture_unsupported' });
  // It releases the rest, whatever we would like: a part that isn't the last can't be asked of it.
  const isPart = command.final === false && amountMinor < capturableMinor;
  if (!multipleCaptures && (others.length > 0 || isPart)) return err({ code: 'multiple_captures_unsupported' });
  // A last capture that is under way decides what is left, whatever becomes of it.
  if (others.some((operation) => operation.final && operation.outcome.status !== 'reversed'))
    return err({ code: 'payment_not_capturable', status: statusOf(payment) });
  const final = !multipleCaptures || (command.final ?? amountMinor === capturableMinor);
  const intent = {
    operation: payment.operations.length + 1,
    kind: 'capture',
    amountMinor,
    target: authorization.n,
    captures: false,
    final,
    stops: false,
  } as const;
  const asked = ask(payment, intent, { planner, now: command.now, command: payment.version + 1 });
  return asked?.type === 'operation.sent' ? ok([asked]) : err({ code: 'provider_unavailable' });
}

/** Nobody knows yet how much, or of what, there is to take. */
function isAboutMoney({ reason }: Conflict): boolean {
  return reason === 'amount_mismatch' || reason === 'currency_mismatch';
}

/** What is assumed of a provider that is no longer configured. */
const CAPTURES_ONCE: Pick<Capabilities, 'multipleCaptures' | 'partialCaptures'> = { multipleCaptures: false };
