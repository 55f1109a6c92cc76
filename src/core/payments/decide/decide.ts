import { err, ok } from '#core/kit/result.ts';
import type { CreatePayment, PaymentCommand } from '#core/payments/commands.ts';
import type { PaymentCreated } from '#core/payments/events.ts';
import type { Payment } from '#core/payments/payment.ts';
import { ask, type Planner } from '#core/payments/plan.ts';
import { decideCancel } from './cancel.ts';
import { decideCapture } from './capture.ts';
import { decideConfirm } from './confirm.ts';
import { decideDiscovery } from './discover.ts';
import { decideObservation } from './observe.ts';
import { decideResolution, decideStatement } from './operator.ts';
import { decidePursuit } from './pursue.ts';
import { decideRefund } from './refund.ts';
import type { Decision } from './rejections.ts';

/** Pure. `payment` is null while its stream is empty. */
export function decide(payment: Payment | null, command: PaymentCommand, planner: Planner): Decision {
  if (command.type === 'create') return decideCreate(payment, command, planner);
  if (payment === null) return err({ code: 'payment_not_found' });
  if (CLIENT_COMMANDS.has(command.type) && payment.operations.length >= OPERATIONS_MAX)
    return err({ code: 'too_many_operations' });
  switch (command.type) {
    case 'confirm':
      return decideConfirm(payment, command, planner);
    case 'capture':
      return decideCapture(payment, command, planner);
    case 'cancel':
      return decideCancel(payment, command, planner);
    case 'refund':
      return decideRefund(payment, command, planner);
    case 'observe':
      return decideObservation(payment, command, planner);
    case 'discover':
      return decideDiscovery(payment, command);
    case 'state_evidence':
      return decideStatement(payment, command, planner);
    case 'resolve_conflict':
      return decideResolution(payment, command, planner);
    case 'pursue':
      return decidePursuit(payment, command, planner);
  }
}

const FIRST_COMMIT = 1;
/** A payment is folded whole: it must stay cheap, whatever a client does. What providers tell is never refused. */
const OPERATIONS_MAX = 500;
const CLIENT_COMMANDS: ReadonlySet<string> = new Set(['confirm', 'capture', 'cancel', 'refund']);

function decideCreate(payment: Payment | null, command: CreatePayment & { now: number }, planner: Planner): Decision {
  if (payment !== null) return err({ code: 'payment_exists' });
  if (command.confirm && command.personal.paymentMethod === null) return err({ code: 'payment_method_required' });
  const method = command.personal.paymentMethod;
  const strange = method === null ? null : planner.strangeToken(method);
  if (strange !== null) return err({ code: 'token_account_unknown', place: strange });
  const { id, now, confirm, type: _, ...facts } = command;
  const created: PaymentCreated = { type: 'payment.created', ...facts };
  if (!confirm) return ok([created]);
  const intent = {
    operation: 1,
    kind: 'authorize',
    amountMinor: command.amountMinor,
    target: null,
    captures: command.capture === 'automatic',
    final: false,
    stops: false,
  } as const;
  const asked = ask({ ...facts, id, operations: [] }, intent, { planner, now, command: FIRST_COMMIT });
  return asked === null ? err({ code: 'no_provider_account' }) : ok([created, asked]);
}
