import { positionOf } from '#core/payments/amounts.ts';
import type { OperationSent, PaymentEvent } from '#core/payments/events.ts';
import type { History, Version } from '#core/payments/history.ts';
import { findOperation, isAbsent, type Operation, type Payment } from '#core/payments/payment.ts';
import { SKEW_MS_MAX } from '../instance/clock.ts';
import type { World } from '../world.ts';
import type { InvariantName } from './names.ts';

/** How providers and customers are treated: not asked for what can't be, not asked again and again, and given the time that is theirs. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Two clocks, each off. */
const SLACK_MS = 2 * SKEW_MS_MAX;
/** What failed is not tried again by itself before this, nor more often than that. */
const TRY_AGAIN_MS = 10 * MINUTE_MS;
const TRIES_MAX = 3;
const CHALLENGE_MS = HOUR_MS;
const HOLD_MS = 7 * 24 * HOUR_MS;
/** When a doubt is asked about, after it began; then every six hours. */
const ASKED_AFTER_MS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS];
const ASKED_EVERY_MS = 6 * HOUR_MS;

type Violate = (invariant: InvariantName, what: string) => void;

export function judgeManners(world: World, before: History, version: Version, violate: Violate): void {
  const known = before.versions.at(-1)?.payment ?? null;
  for (const event of version.events) {
    if (isSaidAgain(before, event)) violate('duplicates', `${event.type}: the same evidence was written before`);
    if (known !== null && (event.type === 'operation.inquired' || event.type === 'operation.resent'))
      judgeQuestion(findOperation(known, event.operation), version.at, violate);
    if (known !== null && event.type === 'authorization.lapsed')
      judgeLapse(findOperation(version.payment, event.operation), version.at, violate);
    if (known === null || event.type !== 'operation.sent') continue;
    judgeCapability(world, version.payment, event, violate);
    judgeTry(version.payment, event, violate);
    judgeTime(known, event, { at: version.at, violate });
  }
}

/** A repeated webhook, or the same body by another way, is no news. */
function isSaidAgain({ versions }: History, event: PaymentEvent): boolean {
  if (!('evidence' in event) || event.evidence.rawHash === '') return false;
  return versions.some(({ events }) =>
    events.some(
      (other) =>
        other.type === event.type &&
        'evidence' in other &&
        other.operation === event.operation &&
        other.evidence.rawHash === event.evidence.rawHash,
    ),
  );
}

function judgeQuestion(operation: Operation | undefined, at: number, violate: Violate): void {
  if (operation === undefined || !('inquiries' in operation.outcome)) return;
  const { since, inquiries } = operation.outcome;
  const last = ASKED_AFTER_MS.length - 1;
  const dueMs = ASKED_AFTER_MS[inquiries] ?? (ASKED_AFTER_MS[last] ?? 0) + (inquiries - last) * ASKED_EVERY_MS;
  // The last moment at which the same bytes may be sent again comes before its turn.
  const isLastResend = operation.sending?.resend !== undefined && at > operation.sending.resend.before - 2 * MINUTE_MS;
  if (at < since + dueMs - SLACK_MS && !isLastResend)
    violate(
      'back_off',
      `operation ${operation.n} is asked about for the ${inquiries + 1}th time ${at - since} ms after`,
    );
}

/** As the adapter says it of its provider. */
function judgeCapability(world: World, payment: Payment, event: OperationSent, violate: Violate): void {
  const capabilities = world.accounts.look(event.account)?.provider.capabilities;
  if (capabilities === undefined || event.target === null) return;
  const captures = payment.operations.filter(
    (operation) =>
      operation.n < event.operation &&
      operation.kind === 'capture' &&
      operation.target === event.target &&
      !isAbsent(operation),
  );
  if (event.kind === 'capture' && captures.length > 0 && !capabilities.multipleCaptures)
    violate('capabilities', `a second capture, which ${event.account} does not take`);
  const taken = positionOf(payment, event.target)?.capturedMinor ?? 0n;
  if (event.kind === 'void' && taken > 0n && !capabilities.voidsRest)
    violate('capabilities', `a void of what is left, which ${event.account} does not take`);
}

/** What nobody but the platform wants is tried a few times, with time between; a person who says so anew begins anew. */
function judgeTry(
  payment: Payment,
  { kind, target, cause, stops, operation: n }: OperationSent,
  violate: Violate,
): void {
  if (cause === null || target === null) return;
  const returnsFrom = findOperation(payment, target)?.returnsFrom ?? 0;
  const tried = payment.operations.filter(
    (other) =>
      other.n < n && other.n > returnsFrom && other.target === target && other.cause === cause && other.stops === stops,
  );
  const failed = tried.filter(
    (other) => other.kind === kind && (isAbsent(other) || other.outcome.status === 'reversed'),
  );
  const last = failed.at(-1);
  if (last === undefined) return;
  if (payment.updatedAt < last.createdAt + TRY_AGAIN_MS - SLACK_MS)
    violate('back_off', `operation ${n} comes ${payment.updatedAt - last.createdAt} ms after ${last.n}, which failed`);
  const isRefused = ({ outcome }: Operation) => outcome.status === 'declined' || outcome.status === 'rejected';
  if (failed.filter(isRefused).length >= TRIES_MAX)
    violate('back_off', `operation ${n} is tried after ${failed.length} that failed`);
}

type When = { at: number; violate: Violate };

/** Customers have an hour for a challenge, merchants a week for a hold. */
function judgeTime(payment: Payment, { cause, target, stops }: OperationSent, { at, violate }: When): void {
  const held = target === null ? undefined : findOperation(payment, target);
  if (cause !== 'lapsed' || held === undefined) return;
  const { outcome, createdAt } = held;
  const lasts = stops && 'since' in outcome ? at - outcome.since - CHALLENGE_MS : at - createdAt - HOLD_MS;
  if (lasts < -SLACK_MS) violate('time_given', `operation ${held.n} is stopped ${-lasts} ms before its time`);
}

/** What nobody wants may be given up before its time. */
function judgeLapse(held: Operation | undefined, at: number, violate: Violate): void {
  if (held === undefined || held.unwanted !== null) return;
  const lasts = at - held.createdAt - HOLD_MS;
  if (lasts < -SLACK_MS) violate('time_given', `operation ${held.n} is given up ${-lasts} ms before its time`);
}
