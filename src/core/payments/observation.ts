import { err, ok } from '#core/kit/result.ts';
import type { NotFound, Outcome } from '#core/provider/port.ts';
import type { Observe, Observation } from './commands.ts';
import type { Decision } from './decide.ts';
import type { Evidence, PaymentEvent } from './events.ts';
import { type Operation, type Payment, findOperation } from './payment.ts';

type Answer = Extract<Observation, { kind: 'reply' | 'inquiry' }>;

/**
 * What an observation adds to a payment. A final outcome always ends `sent` and `unknown`; `unknown` never ends anything; proof that
 * money moved is never ignored, whenever it comes.
 */
export function decideObservation(payment: Payment, { operation: n, observation }: Observe): Decision {
  const operation = findOperation(payment, n);
  if (operation === undefined) return err({ code: 'operation_unknown' });
  switch (observation.kind) {
    case 'not_sent':
      return ok(operation.outcome.status === 'sent' ? [{ type: 'operation.not_sent', operation: n, reason: observation.reason }] : []);
    case 'unanswered':
      return ok(operation.outcome.status === 'sent' ? [{ type: 'operation.timed_out', operation: n, reason: observation.reason }] : []);
    case 'inquiry_unanswered':
      return ok(inquired(operation, observation.reason));
    case 'reply':
    case 'inquiry':
      return decideAnswer(payment, operation, observation);
  }
}

function decideAnswer(payment: Payment, operation: Operation, answer: Answer): Decision {
  if (answer.account !== operation.sending.account) return err({ code: 'account_mismatch' });
  if (contradictsReference(operation, answer.outcome)) return err({ code: 'reference_mismatch' });
  switch (operation.outcome.status) {
    case 'sent':
    case 'unknown':
      return ok(eventsOf(payment, operation, answer));
    case 'declined':
    case 'rejected':
    case 'not_sent':
    case 'not_found':
      return ok(answer.outcome.outcome === 'succeeded' ? eventsOf(payment, operation, answer) : []);
    case 'succeeded':
      return ok([]);
  }
}

function contradictsReference(operation: Operation, outcome: Outcome | NotFound): boolean {
  const known = 'evidence' in operation.outcome ? (operation.outcome.evidence?.providerReference ?? null) : null;
  const claimed = 'providerReference' in outcome ? outcome.providerReference : null;
  return known !== null && claimed !== null && known !== claimed;
}

function eventsOf(payment: Payment, operation: Operation, answer: Answer): readonly PaymentEvent[] {
  const { outcome } = answer;
  const evidence = evidenceOf(answer);
  switch (outcome.outcome) {
    case 'succeeded': {
      const amountMinor = outcome.amountMinor ?? operation.amountMinor;
      return [{ type: 'operation.succeeded', operation: operation.n, amountMinor, currency: outcome.currency ?? payment.currency, evidence }];
    }
    case 'declined': {
      const { code, providerCode, message } = outcome;
      return [{ type: 'operation.declined', operation: operation.n, code, providerCode, message, evidence }];
    }
    case 'rejected': {
      const { providerCode, message } = outcome;
      return [{ type: 'operation.rejected', operation: operation.n, providerCode, message, evidence }];
    }
    case 'unknown':
      if (operation.outcome.status === 'sent') return [{ type: 'operation.unknown', operation: operation.n, reason: outcome.reason, evidence }];
      return inquired(operation, outcome.reason);
    case 'not_found':
      if (!provesAbsence(operation, answer)) return inquired(operation, 'not found, but asked too early for that to prove its absence');
      return [{ type: 'operation.not_found', operation: operation.n, evidence }];
  }
}

/** A request that left at the last allowed moment must have become visible before we asked. */
function provesAbsence(operation: Operation, answer: Answer): boolean {
  return answer.kind === 'inquiry' && answer.beganAt >= operation.sending.sendBefore + answer.propagationMs;
}

function inquired(operation: Operation, reason: string): readonly PaymentEvent[] {
  return operation.outcome.status === 'unknown' ? [{ type: 'operation.inquired', operation: operation.n, reason }] : [];
}

function evidenceOf(answer: Answer): Evidence {
  const { outcome } = answer;
  const seen = 'providerReference' in outcome ? outcome : { providerReference: null, providerVersion: null };
  return {
    source: answer.kind,
    account: answer.account,
    providerReference: seen.providerReference,
    providerVersion: seen.providerVersion,
    rawHash: answer.rawHash,
  };
}
