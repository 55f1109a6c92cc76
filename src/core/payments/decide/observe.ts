import { err, ok } from '#core/kit/result.ts';
import { isNewer, isReversed, joinClaim } from '#core/payments/claims.ts';
import type { Observation, PaymentCommand, Proof } from '#core/payments/commands.ts';
import type { Evidence, OperationSucceeded, PaymentEvent } from '#core/payments/events.ts';
import { owed } from '#core/payments/owed.ts';
import {
  findOperation,
  isAbsent,
  isOpen,
  type Operation,
  type Payment,
  providerReferenceOf,
} from '#core/payments/payment.ts';
import type { Planner } from '#core/payments/plan.ts';
import type { NotFound, Outcome, Seen } from '#core/provider/port.ts';
import { withFollowUps } from './pursue.ts';
import type { Decision } from './rejections.ts';

type Moved = Extract<Outcome, { outcome: 'succeeded' }>;
type Failed = Extract<Outcome, { outcome: 'declined' | 'reversed' }>;

/**
 * What an observation adds to a payment. It must be about this operation; proof that money moved is never ignored, whenever it comes; what says
 * nothing for certain never ends what is certain. What follows from it at once is sent in the same commit.
 */
export function decideObservation(
  payment: Payment,
  command: Extract<PaymentCommand, { type: 'observe' }>,
  planner: Planner,
): Decision {
  const { observation, now } = command;
  const operation = findOperation(payment, command.operation);
  if (operation === undefined) return err({ code: 'operation_not_found' });
  switch (observation.kind) {
    case 'not_sent':
      return ok(
        operation.outcome.status === 'sent'
          ? [{ type: 'operation.not_sent', operation: operation.n, reason: observation.reason }]
          : [],
      );
    case 'unanswered':
      return ok(
        operation.outcome.status === 'sent'
          ? [{ type: 'operation.timed_out', operation: operation.n, reason: observation.reason }]
          : [],
      );
    case 'inquiry_unanswered':
      return ok(dueOnly(payment, inquired(operation, observation.reason), now));
    case 'told':
    case 'inquired':
      if (observation.proof.account !== operation.account) return err({ code: 'account_mismatch' });
      if (contradictsReference(operation, observation.outcome)) return err({ code: 'reference_mismatch' });
      return ok(
        withFollowUps(payment, dueOnly(payment, eventsOf(payment, operation, observation), now), { now, planner }),
      );
  }
}

function contradictsReference(operation: Operation, outcome: Outcome | NotFound): boolean {
  const known = providerReferenceOf(operation);
  const claimed = 'providerReference' in outcome ? outcome.providerReference : null;
  return known !== null && claimed !== null && known !== claimed;
}

function eventsOf(
  payment: Payment,
  operation: Operation,
  observation: Extract<Observation, { kind: 'told' | 'inquired' }>,
): readonly PaymentEvent[] {
  const { outcome, proof } = observation;
  const evidence = evidenceOf(outcome, proof);
  switch (outcome.outcome) {
    case 'succeeded':
      return moved(payment, operation, { outcome, evidence });
    case 'declined':
    case 'reversed':
      return failed(operation, { outcome, evidence });
    case 'rejected':
      if (!isOpen(operation)) return [];
      return [
        {
          type: 'operation.rejected',
          operation: operation.n,
          providerCode: outcome.providerCode,
          message: outcome.message,
          evidence,
        },
      ];
    case 'requires_action':
      if (!isNews(operation, 'requires_action', evidence))
        return inquired(operation, 'the customer has not acted yet', observation);
      return [
        { type: 'operation.action_required', operation: operation.n, redirectUrl: outcome.redirectUrl, evidence },
      ];
    case 'pending':
      if (!isNews(operation, 'pending', evidence)) return inquired(operation, 'it is still pending', observation);
      return [{ type: 'operation.pending', operation: operation.n, evidence }];
    case 'unknown':
      // Only the reply itself can leave its operation without an outcome; others say nothing while it is still on its way.
      if (operation.outcome.status === 'sent' && proof.source === 'reply')
        return [{ type: 'operation.unknown', operation: operation.n, reason: outcome.reason, evidence }];
      return inquired(operation, outcome.reason, observation);
    case 'not_found':
      // Of what the provider has told us that it has, not finding it proves nothing.
      if (observation.kind !== 'inquired') return [];
      if (operation.outcome.status !== 'unknown' || providerReferenceOf(operation) !== null)
        return inquired(operation, 'not found, though the provider has had it', observation);
      if (observation.beganAt < (operation.sending?.sendBefore ?? 0) + observation.propagationMs)
        return inquired(operation, 'not found, but asked too early for that to prove its absence');
      return [{ type: 'operation.not_found', operation: operation.n, evidence }];
  }
}

/** Proof that it took effect. */
function moved(
  payment: Payment,
  operation: Operation,
  { outcome, evidence }: { outcome: Moved; evidence: Evidence },
): readonly PaymentEvent[] {
  const known = operation.claims.moved;
  if (known !== null && !isNewer(evidence, known)) return [];
  const claims = joinClaim(operation.claims, 'moved', evidence);
  const succeeded = successOf(payment, operation, { outcome, evidence });
  switch (operation.outcome.status) {
    case 'succeeded':
      return isSameAmount(operation, succeeded)
        ? [{ type: 'operation.confirmed', operation: operation.n, moved: true, evidence }]
        : [{ ...succeeded, type: 'operation.amended' }];
    case 'reversed':
      return isReversed(claims)
        ? [{ type: 'operation.confirmed', operation: operation.n, moved: true, evidence }]
        : [succeeded];
    default:
      // The failure was heard of before the success that it ended.
      if (isReversed(claims) && claims.failed !== null)
        return [succeeded, { type: 'operation.reversed', operation: operation.n, evidence: claims.failed }];
      return [succeeded, ...endOfTarget(payment, operation, evidence)];
  }
}

/** The provider's word that it failed, at once or later. */
function failed(
  operation: Operation,
  { outcome, evidence }: { outcome: Failed; evidence: Evidence },
): readonly PaymentEvent[] {
  const known = operation.claims.failed;
  if (known !== null && !isNewer(evidence, known)) return [];
  if (operation.outcome.status === 'succeeded') {
    return isReversed(joinClaim(operation.claims, 'failed', evidence))
      ? [{ type: 'operation.reversed', operation: operation.n, evidence }]
      : [];
  }
  if (!isOpen(operation)) return [{ type: 'operation.confirmed', operation: operation.n, moved: false, evidence }];
  const { code, providerCode, message } = outcome;
  return [{ type: 'operation.declined', operation: operation.n, code, providerCode, message, evidence }];
}

/** What the provider saw; where it doesn't tell, what was asked. */
function successOf(
  payment: Payment,
  operation: Operation,
  { outcome, evidence }: { outcome: Moved; evidence: Evidence },
): OperationSucceeded {
  const amountMinor = outcome.amountMinor ?? operation.amountMinor;
  const asked = operation.kind === 'capture' || operation.captures ? amountMinor : 0n;
  return {
    type: 'operation.succeeded',
    operation: operation.n,
    amountMinor,
    capturedMinor: outcome.capturedMinor ?? asked,
    currency: outcome.currency ?? payment.currency,
    evidence,
  };
}

/** A void of what was never completed is the evidence that it ended. Its version counts the void's changes, not the authorisation's. */
function endOfTarget(payment: Payment, operation: Operation, evidence: Evidence): readonly PaymentEvent[] {
  const target =
    operation.kind === 'void' && operation.target !== null ? findOperation(payment, operation.target) : undefined;
  if (target === undefined || !isOpen(target)) return [];
  const proof = { ...evidence, providerReference: providerReferenceOf(target), providerVersion: null };
  return [
    {
      type: 'operation.declined',
      operation: target.n,
      code: 'canceled',
      providerCode: null,
      message: null,
      evidence: proof,
    },
  ];
}

function isSameAmount(operation: Operation, { amountMinor, capturedMinor }: OperationSucceeded): boolean {
  return (
    operation.outcome.status === 'succeeded' &&
    operation.outcome.amountMinor === amountMinor &&
    operation.outcome.capturedMinor === capturedMinor
  );
}

/** Of what is not final, the provider's newer word replaces the older one; what says the same again is no news. */
function isNews(operation: Operation, status: Operation['outcome']['status'], evidence: Evidence): boolean {
  const version = operation.claims.latest?.providerVersion ?? null;
  const isOlder = version !== null && evidence.providerVersion !== null && evidence.providerVersion <= version;
  return isOpen(operation) && operation.outcome.status !== status && !isOlder;
}

/** Of several processes that ask the same question at once, one is counted: after it, none is due. */
function dueOnly(payment: Payment, events: readonly PaymentEvent[], now: number): readonly PaymentEvent[] {
  if (!events.some((event) => event.type === 'operation.inquired')) return events;
  const due = owed(payment).filter(({ step, dueAt }) => step === 'inquire' && dueAt <= now);
  return events.filter(
    (event) => event.type !== 'operation.inquired' || due.some(({ operation }) => operation === event.operation),
  );
}

/** Only a question that we asked counts as one. */
function inquired(operation: Operation, reason: string, observation?: Observation): readonly PaymentEvent[] {
  if (observation !== undefined && (observation.kind !== 'inquired' || !observation.scheduled)) return [];
  return isOpen(operation) && !isAbsent(operation) && operation.outcome.status !== 'sent'
    ? [{ type: 'operation.inquired', operation: operation.n, reason }]
    : [];
}

export function evidenceOf(outcome: Outcome | NotFound, { source, account, rawHash }: Proof): Evidence {
  const seen: Pick<Seen, 'providerReference' | 'providerVersion'> =
    'providerReference' in outcome ? outcome : { providerReference: null, providerVersion: null };
  return {
    source,
    account,
    providerReference: seen.providerReference,
    providerVersion: seen.providerVersion,
    rawHash,
    by: null,
  };
}
