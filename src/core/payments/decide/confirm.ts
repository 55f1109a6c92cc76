import { err, ok } from '#core/kit/result.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import type { PaymentConfirmed } from '#core/payments/events.ts';
import type { Payment } from '#core/payments/payment.ts';
import { ask, type Planner } from '#core/payments/plan.ts';
import { statusOf } from '#core/payments/status.ts';
import type { Decision } from './rejections.ts';

/** Another attempt: only when every earlier one is known not to have happened. */
export function decideConfirm(
  payment: Payment,
  command: Extract<PaymentCommand, { type: 'confirm' }>,
  planner: Planner,
): Decision {
  const status = statusOf(payment);
  if (status !== 'requires_confirmation' && status !== 'requires_payment_method')
    return err({ code: 'payment_not_confirmable', status });
  // The provider did what nobody asked for: what that was has to be settled before anything more is asked.
  if (payment.conflicts.length > 0) return err({ code: 'payment_not_confirmable', status });
  if (command.paymentMethod === null && status === 'requires_payment_method')
    return err({ code: 'payment_method_required' });
  if (payment.personal === null) return err({ code: 'payment_method_required' });
  const strange = command.paymentMethod === null ? null : planner.strangeToken(command.paymentMethod);
  if (strange !== null) return err({ code: 'token_account_unknown', place: strange });
  const confirmed: PaymentConfirmed = {
    type: 'payment.confirmed',
    personal: command.paymentMethod === null ? null : { paymentMethod: command.paymentMethod },
  };
  const personal = { ...payment.personal, paymentMethod: command.paymentMethod ?? payment.personal.paymentMethod };
  const intent = {
    operation: payment.operations.length + 1,
    kind: 'authorize',
    amountMinor: payment.amountMinor,
    target: null,
    captures: payment.capture === 'automatic',
    final: false,
    stops: false,
  } as const;
  const asked = ask({ ...payment, personal }, intent, { planner, now: command.now, command: payment.version + 1 });
  return asked === null ? err({ code: 'no_provider_account' }) : ok([confirmed, asked]);
}
