import { err, ok } from '#core/kit/result.ts';
import { positionOf } from '#core/payments/amounts.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import type { OperationCause, OperationKind, PaymentEvent } from '#core/payments/events.ts';
import { evolve } from '#core/payments/evolve.ts';
import { followersOf, isLapse, type Owed, owed, TRIES_MAX } from '#core/payments/owed.ts';
import { findOperation, isOpen, type Operation, type Payment } from '#core/payments/payment.ts';
import { ask, type Planner } from '#core/payments/plan.ts';
import type { Decision } from './rejections.ts';

type Context = { now: number; planner: Planner };

/** What is owed, done. A step that is no longer owed, or not yet, does nothing. Inquiries are asked by the caller and enter as observations. */
export function decidePursuit(
  payment: Payment,
  command: Extract<PaymentCommand, { type: 'pursue' }>,
  planner: Planner,
): Decision {
  const { step, now } = command;
  const operation = findOperation(payment, command.operation);
  if (operation === undefined) return err({ code: 'operation_not_found' });
  if (step === 'time_out') return timeOut(operation, now);
  const due = owed(payment).some(
    (other) => other.step === step && other.operation === operation.n && other.dueAt <= now,
  );
  return ok(due ? perform(payment, { step, operation }, { now, planner }) : []);
}

/** The events, and what follows from them at once: an operation that is owed now is sent in the same commit. */
export function withFollowUps(
  payment: Payment,
  events: readonly PaymentEvent[],
  context: Context,
): readonly PaymentEvent[] {
  if (events.length === 0) return events;
  let after = payment;
  const place = { stream: payment.id, seq: payment.version + 1, at: context.now };
  for (const event of events) after = evolve(after, event, place);
  const due = owed(after).find(
    ({ step, dueAt }) => (step === 'capture' || step === 'return_money') && dueAt <= context.now,
  );
  const operation = due === undefined ? undefined : findOperation(after, due.operation);
  return due === undefined || operation === undefined
    ? events
    : [...events, ...perform(after, { step: due.step, operation }, context)];
}

/** Passing the deadline is an event of its own, so that no fold depends on when one looks. */
function timeOut(operation: Operation, now: number): Decision {
  if (operation.outcome.status !== 'sent') return ok([]);
  if (operation.sending === null || now < operation.sending.deadline) return err({ code: 'deadline_not_reached' });
  return ok([
    { type: 'operation.timed_out', operation: operation.n, reason: 'no outcome was written before the deadline' },
  ]);
}

function perform(
  payment: Payment,
  { step, operation }: { step: Owed['step']; operation: Operation },
  context: Context,
): readonly PaymentEvent[] {
  const whole = { ...context, amountMinor: operation.amountMinor };
  switch (step) {
    case 'time_out':
    case 'inquire':
      return [];
    case 'resend':
      return resend(payment, operation, context);
    case 'report':
      return [{ type: 'operation.overdue', operation: operation.n, reason: 'nothing has been heard of it' }];
    case 'capture':
      return send(payment, operation, {
        ...context,
        kind: 'capture',
        amountMinor: positionOf(payment, operation.n)?.capturableMinor ?? 0n,
        cause: null,
      });
    case 'return_money':
      return returnMoney(payment, operation, context);
    case 'stop':
      return send(payment, operation, { ...whole, kind: 'void', cause: 'lapsed' });
    case 'lapse':
      return isGone(payment, operation)
        ? [{ type: 'authorization.lapsed', operation: operation.n }]
        : send(payment, operation, { ...whole, kind: 'void', cause: 'lapsed' });
  }
}

/** Never after the provider may have forgotten the key, and never other bytes. Out of reach: later. */
function resend(payment: Payment, operation: Operation, { now, planner }: Context): readonly PaymentEvent[] {
  const { n, sending } = operation;
  const way = planner.resend(payment, operation, now);
  switch (way.way) {
    case 'open': {
      const { sendBefore, deadline } = way;
      return sendBefore <= (sending?.resend?.before ?? 0)
        ? [{ type: 'operation.resent', operation: n, sendBefore, deadline }]
        : [{ type: 'operation.overdue', operation: n, reason: 'the provider may have forgotten its key' }];
    }
    case 'unavailable':
      return [];
    case 'changed':
      return [{ type: 'operation.overdue', operation: n, reason: way.reason }];
  }
}

/** What was taken first; then the rest of the hold, where the provider can void a rest. */
function returnMoney(payment: Payment, operation: Operation, context: Context): readonly PaymentEvent[] {
  const position = positionOf(payment, operation.n);
  if (position === undefined) return [];
  const { refundableMinor, capturedMinor, isLive } = position;
  if (refundableMinor > 0n)
    return send(payment, operation, { ...context, kind: 'refund', amountMinor: refundableMinor, cause: 'unwanted' });
  if (!isLive) return [];
  if (capturedMinor > 0n && context.planner.capabilities(operation.account)?.voidsRest !== true)
    return [{ type: 'authorization.lapsed', operation: operation.n }];
  return send(payment, operation, { ...context, kind: 'void', amountMinor: operation.amountMinor, cause: 'unwanted' });
}

/** Something was taken of it and the rest has gone by itself; or the provider has refused to void it, as often as it was asked. */
function isGone(payment: Payment, { n }: Operation): boolean {
  const followers = followersOf(payment, n);
  const refused = followers.filter(
    (follower) =>
      isLapse(follower) && (follower.outcome.status === 'declined' || follower.outcome.status === 'rejected'),
  );
  return (
    refused.length >= TRIES_MAX ||
    followers.some(({ kind, outcome }) => kind === 'capture' && outcome.status === 'succeeded')
  );
}

type Step = Context & { kind: OperationKind; amountMinor: bigint; cause: OperationCause | null };

/** It serves the command that its authorisation served, so that an automatic capture is a part of its answer. Out of reach: later. */
function send(
  payment: Payment,
  target: Operation,
  { kind, amountMinor, cause, now, planner }: Step,
): readonly PaymentEvent[] {
  const intent = {
    operation: payment.operations.length + 1,
    kind,
    amountMinor,
    target: target.n,
    captures: false,
    final: kind === 'capture',
    stops: kind === 'void' && isOpen(target),
  };
  const asked = ask(payment, intent, { planner, now, command: target.command, cause });
  return asked?.type === 'operation.sent' ? [asked] : [];
}
