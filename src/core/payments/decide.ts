import { type Result, err, ok } from '#core/kit/result.ts';
import type { CreatePayment, PaymentCommand, TimeOut } from './commands.ts';
import type { OperationSent, PaymentEvent } from './events.ts';
import { decideObservation } from './observation.ts';
import { type Payment, findOperation } from './payment.ts';
import { type OperationIntent, sendingFacts } from './route.ts';

export type Rejection =
  | { code: 'payment_exists' }
  | { code: 'payment_unknown' }
  | { code: 'operation_unknown' }
  | { code: 'deadline_not_reached'; deadline: number }
  | { code: 'account_mismatch' }
  | { code: 'reference_mismatch' };

/** Events are what the command adds; none when it changes nothing. */
export type Decision = Result<readonly PaymentEvent[], Rejection>;

/** Pure. `payment` is null while its stream is empty. */
export function decide(payment: Payment | null, command: PaymentCommand): Decision {
  if (command.type === 'create') return decideCreate(payment, command);
  if (payment === null) return err({ code: 'payment_unknown' });
  switch (command.type) {
    case 'observe':
      return decideObservation(payment, command);
    case 'time_out':
      return decideTimeOut(payment, command);
  }
}

function decideCreate(payment: Payment | null, command: CreatePayment): Decision {
  if (payment !== null) return err({ code: 'payment_exists' });
  const { merchant, amountMinor, currency, capture, attemptsMax, personal } = command;
  return ok([{ type: 'payment.created', merchant, amountMinor, currency, capture, attemptsMax, personal }, authorize(command)]);
}

function authorize(command: CreatePayment): OperationSent {
  const intent: OperationIntent = { operation: 1, kind: 'authorize', amountMinor: command.amountMinor, capture: command.capture === 'automatic' };
  return { type: 'operation.sent', ...intent, command: 1, ...sendingFacts(command.route, intent, command.now) };
}

/** Passing the deadline is an event of its own, so that no fold depends on when one looks. */
function decideTimeOut(payment: Payment, command: TimeOut): Decision {
  const operation = findOperation(payment, command.operation);
  if (operation === undefined) return err({ code: 'operation_unknown' });
  if (operation.outcome.status !== 'sent') return ok([]);
  if (command.now < operation.sending.deadline) return err({ code: 'deadline_not_reached', deadline: operation.sending.deadline });
  return ok([{ type: 'operation.timed_out', operation: operation.n, reason: 'no outcome was written before the deadline' }]);
}
