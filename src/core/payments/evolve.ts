import { defined } from '#core/kit/assert.ts';
import { joinClaim, NO_CLAIMS } from './claims.ts';
import { findConflict } from './conflicts.ts';
import type {
  ConflictResolved,
  OperationDiscovered,
  OperationSent,
  OperationWithheld,
  PaymentConfirmed,
  PaymentCreated,
  PaymentEvent,
} from './events.ts';
import type { Operation, OperationOutcome, Payment, UnwantedReason } from './payment.ts';

/** Where an event stands: what the fold needs to know beside the event itself. */
export type EventPlace = { stream: string; seq: number; at: number };

type OperationEvent = Exclude<
  Extract<PaymentEvent, { operation: number }>,
  | OperationSent
  | OperationWithheld
  | OperationDiscovered
  | ConflictResolved
  | { type: 'authorization.lapsed' }
  | { type: 'operation.settled' }
>;

/**
 * The next state. Total over facts: whatever a provider did is folded, never refused; only a stream that doesn't begin with
 * `payment.created` is a bug.
 */
export function evolve(payment: Payment | null, event: PaymentEvent, place: EventPlace): Payment {
  if (event.type === 'payment.created') return create(event, place);
  const known = defined(payment ?? undefined, `${place.stream} does not begin with payment.created`);
  const before = { ...known, version: place.seq, updatedAt: place.at };
  const after = apply(before, event, place);
  const conflict = findConflict(before, after, event);
  return conflict === null ? after : { ...after, conflicts: [...after.conflicts, conflict] };
}

function apply(payment: Payment, event: Exclude<PaymentEvent, PaymentCreated>, place: EventPlace): Payment {
  switch (event.type) {
    case 'payment.confirmed':
      return { ...payment, personal: withMethod(payment, event) };
    case 'payment.cancel_requested':
      return { ...payment, cancel: 'wanted' };
    case 'payment.canceled':
      return { ...payment, cancel: 'done' };
    case 'authorization.lapsed':
      return change(payment, event.operation, (operation) => ({ ...operation, lapsed: true }));
    case 'conflict.resolved':
      return resolve(payment, event);
    case 'operation.sent':
    case 'operation.withheld':
      return { ...payment, operations: [...payment.operations, ask(event, place)] };
    case 'operation.discovered':
      return { ...payment, operations: [...payment.operations, discover(event, place)] };
    case 'operation.settled':
      return payment;
    default:
      return change(payment, event.operation, (operation) => observe(payment, operation, { event, at: place.at }));
  }
}

function create(event: PaymentCreated, place: EventPlace): Payment {
  const { type: _, ...facts } = event;
  return {
    ...facts,
    id: place.stream,
    version: place.seq,
    operations: [],
    cancel: 'none',
    conflicts: [],
    createdAt: place.at,
    updatedAt: place.at,
  };
}

function withMethod(payment: Payment, event: PaymentConfirmed): Payment['personal'] {
  const paymentMethod = event.personal?.paymentMethod ?? null;
  return paymentMethod === null || payment.personal === null
    ? payment.personal
    : { ...payment.personal, paymentMethod };
}

function ask(event: OperationSent | OperationWithheld, place: EventPlace): Operation {
  const {
    operation: n,
    kind,
    amountMinor,
    target,
    captures,
    final,
    stops,
    command,
    cause,
    reason,
    provider,
    account,
  } = event;
  const asked = { n, kind, amountMinor, target, captures, final, stops, command, cause, reason, provider, account };
  const untouched = { createdAt: place.at, claims: NO_CLAIMS, lapsed: false, unwanted: null, returnsFrom: 0 };
  if (event.type === 'operation.withheld')
    return { ...asked, ...untouched, sending: null, outcome: { status: 'not_sent', reason: event.because } };
  const { adapterVersion, requestHash, idempotencyKey, sendBefore, deadline, resend } = event;
  const terms = resend === undefined ? {} : { resend };
  return {
    ...asked,
    ...untouched,
    sending: { provider, account, adapterVersion, requestHash, idempotencyKey, sendBefore, deadline, ...terms },
    outcome: { status: 'sent' },
  };
}

function discover(event: OperationDiscovered, place: EventPlace): Operation {
  const { operation: n, kind, amountMinor, target, provider, evidence } = event;
  return {
    n,
    kind,
    amountMinor,
    target,
    captures: false,
    final: false,
    stops: false,
    command: null,
    cause: null,
    reason: null,
    sending: null,
    provider,
    account: evidence.account,
    createdAt: place.at,
    outcome: { status: 'succeeded', amountMinor, capturedMinor: kind === 'capture' ? amountMinor : 0n, at: place.at },
    claims: joinClaim(NO_CLAIMS, 'moved', evidence),
    lapsed: false,
    unwanted: null,
    returnsFrom: 0,
  };
}

function observe(
  payment: Payment,
  operation: Operation,
  { event, at }: { event: OperationEvent; at: number },
): Operation {
  switch (event.type) {
    case 'operation.succeeded':
    case 'operation.amended': {
      const { amountMinor, capturedMinor, evidence } = event;
      const succeeded = {
        ...operation,
        outcome: { status: 'succeeded', amountMinor, capturedMinor, at } as const,
        claims: joinClaim(operation.claims, 'moved', evidence),
      };
      return { ...succeeded, unwanted: operation.unwanted ?? whyUnwanted(payment, succeeded) };
    }
    case 'operation.declined': {
      const { code, providerCode, message, evidence } = event;
      return {
        ...operation,
        outcome: { status: 'declined', code, providerCode, message },
        claims: joinClaim(operation.claims, 'failed', evidence),
      };
    }
    case 'operation.reversed': {
      const { amountMinor, capturedMinor } =
        operation.outcome.status === 'succeeded'
          ? operation.outcome
          : { amountMinor: operation.amountMinor, capturedMinor: 0n };
      return {
        ...operation,
        outcome: { status: 'reversed', amountMinor, capturedMinor },
        claims: joinClaim(operation.claims, 'failed', event.evidence),
      };
    }
    case 'operation.confirmed':
      return { ...operation, claims: joinClaim(operation.claims, event.moved ? 'moved' : 'failed', event.evidence) };
    default:
      return {
        ...operation,
        outcome: nextOutcome(operation.outcome, event, at),
        claims: 'evidence' in event ? { ...operation.claims, latest: event.evidence } : operation.claims,
      };
  }
}

type OpenEvent = Exclude<
  OperationEvent,
  {
    type:
      | 'operation.succeeded'
      | 'operation.amended'
      | 'operation.declined'
      | 'operation.reversed'
      | 'operation.confirmed';
  }
>;

function nextOutcome(outcome: OperationOutcome, event: OpenEvent, at: number): OperationOutcome {
  switch (event.type) {
    case 'operation.rejected':
      return { status: 'rejected', providerCode: event.providerCode, message: event.message };
    case 'operation.not_sent':
      return { status: 'not_sent', reason: event.reason };
    case 'operation.action_required':
      return { status: 'requires_action', redirectUrl: event.redirectUrl, since: at, inquiries: 0 };
    case 'operation.pending':
      return { status: 'pending', since: at, inquiries: 0 };
    case 'operation.timed_out':
    case 'operation.unknown':
      return { status: 'unknown', reason: event.reason, since: at, inquiries: 0 };
    case 'operation.inquired':
    case 'operation.resent':
      return 'inquiries' in outcome ? { ...outcome, inquiries: outcome.inquiries + 1 } : outcome;
    case 'operation.overdue':
      return 'inquiries' in outcome ? { ...outcome, overdueAt: at } : outcome;
    case 'operation.not_found':
      return { status: 'not_found' };
  }
}

/** Money that turned up after a cancel was asked, or less of it than the merchant takes. */
function whyUnwanted(payment: Payment, operation: Operation): UnwantedReason | null {
  if (operation.kind !== 'authorize' || operation.outcome.status !== 'succeeded') return null;
  if (payment.cancel === 'wanted') return 'canceled';
  return operation.outcome.amountMinor < operation.amountMinor && !payment.allowPartial ? 'partial_approval' : null;
}

function resolve(payment: Payment, { resolution, operation: n }: ConflictResolved): Payment {
  const resolved = { ...payment, conflicts: payment.conflicts.filter((conflict) => conflict.operation !== n) };
  const returnsFrom = payment.operations.length;
  return change(resolved, n, (operation) => ({
    ...operation,
    unwanted: resolution === 'accept' ? null : (operation.unwanted ?? 'conflict'),
    returnsFrom,
  }));
}

function change(payment: Payment, n: number, with_: (operation: Operation) => Operation): Payment {
  return {
    ...payment,
    operations: payment.operations.map((operation) => (operation.n === n ? with_(operation) : operation)),
  };
}
