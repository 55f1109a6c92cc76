import { positionOf } from '#core/payments/amounts.ts';
import type { Evidence, PaymentEvent } from '#core/payments/events.ts';
import { type History, latest, type Version } from '#core/payments/history.ts';
import { findOperation, isOpen, type Operation, operationId, type Payment } from '#core/payments/payment.ts';
import type { World } from '../world.ts';
import { judgeManners } from './manners.ts';
import type { InvariantName } from './names.ts';

/** What a commit must not say, whatever led to it. */
export function judgeCommit(world: World, history: History, version: Version): void {
  const before = latest(history);
  const about = world.names.payment(version.payment.id) ?? version.payment.id;
  world.trace.say(
    'journal',
    `${about}/${version.payment.version} ${version.events.map((event) => describe(event)).join(', ')}`,
    () => tell(about, version),
  );
  const violate = (invariant: InvariantName, what: string) => world.violate({ invariant, about, what });
  if (before !== null && version.at < before.updatedAt) violate('journal_whole', 'its time goes back');
  for (const event of version.events) {
    const wrong = judgeEvidence(world, version.payment, event);
    if (wrong !== null) violate('evidence_was_said', wrong);
    if (event.type === 'operation.not_found' && event.evidence.source === 'inquiry') {
      const there = world.provider.books
        .named(operationId(version.payment.id, event.operation))
        .find(({ late }) => !late);
      if (there !== undefined) violate('absence_was_true', `operation ${event.operation} is there: ${there.made.id}`);
    }
    if (event.type === 'operation.sent') judgeSent(version.payment, event.kind, event.target, violate);
    if (event.type === 'operation.resent') judgeResent(version.payment, event.operation, violate);
  }
  judgeManners(world, history, version, violate);
  for (const operation of before?.operations ?? []) {
    if (operation.outcome.status !== 'unknown') continue;
    if (findOperation(version.payment, operation.n)?.outcome.status === 'unknown') continue;
    const proof = version.events.find((event) => 'evidence' in event && event.operation === operation.n);
    if (proof === undefined)
      violate('doubt_ends_by_evidence', `operation ${operation.n} is no longer unknown, without evidence`);
  }
}

/** Null when it is right. What says nothing for certain needs no witness: it may be what a proxy made of an answer. */
function judgeEvidence(world: World, payment: Payment, event: PaymentEvent): string | null {
  if (!('evidence' in event) || event.type === 'operation.unknown') return null;
  const evidence: Evidence = event.evidence;
  const operation = findOperation(payment, event.operation);
  const place = `${event.type} of operation ${event.operation}`;
  if (operation !== undefined && operation.account !== evidence.account)
    return `${place} is proven by ${evidence.account}, and it is at ${operation.account}`;
  if (evidence.source === 'operator') return evidence.by === null ? `${place} has an operator without a name` : null;
  return world.provider.books.didSay(evidence.account, evidence.rawHash)
    ? null
    : `${place}: ${evidence.account} never said that`;
}

type Violate = (invariant: InvariantName, what: string) => void;

function judgeSent(payment: Payment, kind: Operation['kind'], target: number | null, violate: Violate): void {
  if (kind === 'authorize') {
    const live = payment.operations.filter(
      (operation) => operation.kind === 'authorize' && mayHold(payment, operation),
    );
    if (live.length > 1) violate('one_authorization', `sent while operation ${live[0]?.n} may hold the money`);
  }
  const position = target === null ? undefined : positionOf(payment, target);
  if (position === undefined) return;
  const asked = (of: Operation['kind']) =>
    payment.operations
      .filter((operation) => operation.kind === of && operation.target === target && isOpen(operation))
      .reduce((sum, operation) => sum + operation.amountMinor, 0n);
  const { authorizedMinor, capturedMinor, refundedMinor } = position;
  if (kind === 'capture' && capturedMinor + asked('capture') > authorizedMinor)
    violate('guards', `captures beyond the ${authorizedMinor} that are held`);
  if (kind === 'refund' && refundedMinor + asked('refund') > capturedMinor)
    violate('guards', `refunds beyond the ${capturedMinor} that were captured`);
}

function judgeResent(payment: Payment, n: number, violate: Violate): void {
  const operation = findOperation(payment, n);
  const isUndone = operation?.kind === 'void' || operation?.kind === 'refund';
  if (operation?.outcome.status !== 'unknown') violate('resend_terms', `operation ${n} is not in doubt`);
  if (payment.cancel === 'wanted' && !isUndone) violate('resend_terms', `operation ${n} is not wanted any more`);
  const others = payment.operations.filter((other) => other.kind === 'authorize' && other.n !== n);
  if (operation?.kind === 'authorize' && others.some((other) => mayHold(payment, other)))
    violate('resend_terms', `operation ${n} is sent again beside another that may hold the money`);
}

function mayHold(payment: Payment, operation: Operation): boolean {
  if (isOpen(operation)) return true;
  const position = positionOf(payment, operation.n);
  return (
    position !== undefined &&
    operation.unwanted === null &&
    !position.isVoided &&
    operation.outcome.status === 'succeeded'
  );
}

function describe(event: PaymentEvent): string {
  const operation = 'operation' in event ? ` .${event.operation}` : '';
  const kind = 'kind' in event ? ` ${event.kind}` : '';
  const amount = 'amountMinor' in event ? ` ${event.amountMinor}` : '';
  const evidence = 'evidence' in event ? ` by ${event.evidence.source}` : '';
  const reason = 'reason' in event && event.reason !== null ? ` (${event.reason})` : '';
  return `${event.type}${operation}${kind}${amount}${evidence}${reason}`;
}

/** `P3 is now at version 4: operation 2 succeeded, 481, by webhook` */
function tell(about: string, { payment, events }: Version): string {
  return `${about} is now at version ${payment.version}: ${events.map(tellEvent).join('; ')}`;
}

function tellEvent(event: PaymentEvent): string {
  const [subject = '', verb = ''] = event.type.split('.');
  const who = 'operation' in event ? `operation ${event.operation}` : subject;
  const what = verb.replaceAll('_', ' ');
  const kind = 'kind' in event ? ` (${event.kind})` : '';
  const amount = 'amountMinor' in event ? `, ${event.amountMinor}` : '';
  const evidence = 'evidence' in event ? `, by ${event.evidence.source}` : '';
  const reason = 'reason' in event && event.reason !== null ? `: ${event.reason}` : '';
  return `${who} ${what}${kind}${amount}${evidence}${reason}`;
}
