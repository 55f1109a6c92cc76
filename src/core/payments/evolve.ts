import { defined } from '#core/kit/assert.ts';
import type { OperationSent, OperationSucceeded, PaymentCreated, PaymentEvent } from './events.ts';
import type { Conflict, Operation, OperationOutcome, Payment } from './payment.ts';

/** Where an event stands: what the fold needs to know beside the event itself. */
export type EventPlace = { stream: string; seq: number; at: number };

/**
 * The next state. Total over facts: whatever a provider did is folded, never refused; only a stream that doesn't begin with
 * `payment.created` is a bug.
 */
export function evolve(payment: Payment | null, event: PaymentEvent, place: EventPlace): Payment {
  if (event.type === 'payment.created') return create(event, place);
  const before = { ...defined(payment ?? undefined, `${place.stream} does not begin with payment.created`), version: place.seq, updatedAt: place.at };
  switch (event.type) {
    case 'operation.sent':
      return { ...before, operations: [...before.operations, send(event, place)] };
    case 'operation.succeeded':
      return {
        ...withOutcome(before, event.operation, () => ({ status: 'succeeded', amountMinor: event.amountMinor, evidence: event.evidence })),
        conflict: before.conflict ?? findConflict(before, event, place),
      };
    case 'operation.declined': {
      const { code, providerCode, message, evidence } = event;
      return withOutcome(before, event.operation, () => ({ status: 'declined', code, providerCode, message, evidence }));
    }
    case 'operation.rejected': {
      const { providerCode, message, evidence } = event;
      return withOutcome(before, event.operation, () => ({ status: 'rejected', providerCode, message, evidence }));
    }
    case 'operation.not_sent':
      return withOutcome(before, event.operation, () => ({ status: 'not_sent', reason: event.reason }));
    case 'operation.timed_out':
      return withOutcome(before, event.operation, () => ({ status: 'unknown', reason: event.reason, since: place.at, inquiries: 0, evidence: null }));
    case 'operation.unknown':
      return withOutcome(before, event.operation, () => ({ status: 'unknown', reason: event.reason, since: place.at, inquiries: 0, evidence: event.evidence }));
    case 'operation.inquired':
      return withOutcome(before, event.operation, (outcome) => (outcome.status === 'unknown' ? { ...outcome, inquiries: outcome.inquiries + 1 } : outcome));
    case 'operation.not_found':
      return withOutcome(before, event.operation, () => ({ status: 'not_found', evidence: event.evidence }));
  }
}

function create(event: PaymentCreated, place: EventPlace): Payment {
  const { type: _, ...facts } = event;
  return { ...facts, id: place.stream, version: place.seq, operations: [], conflict: null, createdAt: place.at, updatedAt: place.at };
}

function send(event: OperationSent, place: EventPlace): Operation {
  const { type: _, operation, kind, amountMinor, command, capture, ...sending } = event;
  return { n: operation, kind, amountMinor, command, captures: capture, sending, createdAt: place.at, outcome: { status: 'sent' } };
}

function withOutcome(payment: Payment, n: number, change: (outcome: OperationOutcome) => OperationOutcome): Payment {
  return {
    ...payment,
    operations: payment.operations.map((operation) => (operation.n === n ? { ...operation, outcome: change(operation.outcome) } : operation)),
  };
}

function findConflict(payment: Payment, event: OperationSucceeded, place: EventPlace): Conflict | null {
  const operation = defined(payment.operations[event.operation - 1], `${place.stream} has no operation ${event.operation}`);
  if (event.currency !== payment.currency) return { reason: 'currency_mismatch', since: place.at };
  if (event.amountMinor !== operation.amountMinor) return { reason: 'amount_mismatch', since: place.at };
  if (isKnownNotToHaveHappened(operation)) return { reason: 'late_success', since: place.at };
  return null;
}

function isKnownNotToHaveHappened(operation: Operation): boolean {
  return ['declined', 'rejected', 'not_sent', 'not_found'].includes(operation.outcome.status);
}
