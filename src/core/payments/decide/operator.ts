import { err, ok } from '#core/kit/result.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import type { Evidence, PaymentEvent } from '#core/payments/events.ts';
import { findOperation, type Operation, type Payment, providerReferenceOf } from '#core/payments/payment.ts';
import type { Planner } from '#core/payments/plan.ts';
import { withFollowUps } from './pursue.ts';
import type { Decision } from './rejections.ts';

/** An operator may end a doubt, never overrule what a provider has said for certain. */
export function decideStatement(
  payment: Payment,
  command: Extract<PaymentCommand, { type: 'state_evidence' }>,
  planner: Planner,
): Decision {
  const operation = findOperation(payment, command.operation);
  if (operation === undefined) return err({ code: 'operation_not_found' });
  if (!isForOperators(operation)) return err({ code: 'operation_not_in_doubt' });
  return ok(withFollowUps(payment, [statement(payment, operation, command)], { now: command.now, planner }));
}

/** Unknown, or not final and told to operators because its provider can't be asked. */
function isForOperators({ outcome }: Operation): boolean {
  return outcome.status === 'unknown' || ('overdueAt' in outcome && outcome.overdueAt !== undefined);
}

function statement(
  payment: Payment,
  operation: Operation,
  { outcome, by, seen }: Pick<Extract<PaymentCommand, { type: 'state_evidence' }>, 'outcome' | 'by' | 'seen'>,
): PaymentEvent {
  const evidence: Evidence = {
    source: 'operator',
    account: operation.account,
    // What the provider itself has said is not corrected by hand.
    providerReference: providerReferenceOf(operation) ?? seen?.providerReference ?? null,
    providerVersion: null,
    rawHash: '',
    by,
  };
  if (outcome === 'not_happened') return { type: 'operation.not_found', operation: operation.n, evidence };
  const { captures, kind } = operation;
  const amountMinor = seen?.amountMinor ?? operation.amountMinor;
  const capturedMinor = captures || kind === 'capture' ? amountMinor : 0n;
  return {
    type: 'operation.succeeded',
    operation: operation.n,
    amountMinor,
    capturedMinor,
    currency: payment.currency,
    evidence,
  };
}

export function decideResolution(
  payment: Payment,
  command: Extract<PaymentCommand, { type: 'resolve_conflict' }>,
  planner: Planner,
): Decision {
  const conflict = payment.conflicts.find((candidate) => candidate.operation === command.operation);
  if (conflict === undefined) return err({ code: 'no_conflict' });
  const { resolution, operation, by, now } = command;
  // Only an authorisation can be given back whole. What else nobody asked for is a refund's or a capture's own story.
  if (resolution === 'return_money' && findOperation(payment, operation)?.kind !== 'authorize')
    return err({ code: 'resolution_not_possible' });
  return ok(withFollowUps(payment, [{ type: 'conflict.resolved', operation, resolution, by }], { now, planner }));
}
