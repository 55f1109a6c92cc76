import { isOpen, type Operation, type Payment, parseOperationId, providerReferenceOf } from '#core/payments/payment.ts';
import type { WebhookNotice } from '#core/provider/port.ts';
import type { QuarantineReason, WaitReason } from './ports.ts';

/** What of a payment a webhook is about. */
export type Subject =
  | { kind: 'operation'; operation: number }
  /** Nobody here asked for it: made in the provider's dashboard. */
  | { kind: 'discovery'; of: 'capture' | 'refund'; target: number }
  | { kind: 'wait'; reason: WaitReason }
  | { kind: 'refuse'; reason: QuarantineReason };

export type About = {
  notice: WebhookNotice;
  /** The account that proved the webhook. */
  account: string;
  echoesReferences: boolean;
};

/**
 * By our own reference; else by the provider's, once we know it; else it was made elsewhere. What time may tell (a reply on its way, the
 * webhook before this one) is waited for, because a guess here would count money twice.
 */
export function findSubject(payment: Payment, about: About): Subject {
  const { notice, account } = about;
  const ours = notice.reference === null ? null : parseOperationId(notice.reference);
  // In what was done to an authorisation some providers echo the authorisation's reference: that names the payment, and no more.
  const isOfTarget = ours !== null && namesTarget(payment.operations[ours.n - 1], notice);
  if (ours !== null && !isOfTarget) return findByNumber(payment, ours.n, notice);
  const own = payment.operations.filter((operation) => operation.account === account);
  if (own.length === 0) return { kind: 'refuse', reason: 'account_mismatch' };
  const claimed = 'providerReference' in notice.outcome ? notice.outcome.providerReference : null;
  const known = own.find((operation) => operation.kind === notice.kind && isKnownAs(operation, claimed));
  return known === undefined
    ? findDiscovery(own, isOfTarget ? { ...about, echoesReferences: false } : about)
    : { kind: 'operation', operation: known.n };
}

function namesTarget(named: Operation | undefined, { kind, targetReference }: WebhookNotice): boolean {
  if (named?.kind !== 'authorize' || kind === 'authorize') return false;
  // A stop may be of what the provider had no reference for yet.
  return isKnownAs(named, targetReference) || (kind === 'void' && providerReferenceOf(named) === null);
}

function findByNumber(payment: Payment, n: number, { kind }: WebhookNotice): Subject {
  const operation = payment.operations[n - 1];
  if (operation === undefined) return { kind: 'wait', reason: 'operation_unknown' };
  return operation.kind === kind ? { kind: 'operation', operation: n } : { kind: 'refuse', reason: 'kind_mismatch' };
}

function findDiscovery(own: readonly Operation[], { notice, echoesReferences }: About): Subject {
  const { kind, outcome, targetReference } = notice;
  if (kind !== 'capture' && kind !== 'refund') return { kind: 'wait', reason: 'operation_unknown' };
  // A failure ends a success that we have not heard of, and may have overtaken its webhook: discovered without it, it would be lost.
  if (outcome.outcome === 'declined' || outcome.outcome === 'reversed')
    return { kind: 'wait', reason: 'operation_unknown' };
  const target = own.find((operation) => operation.kind === 'authorize' && isKnownAs(operation, targetReference));
  if (target === undefined) return { kind: 'wait', reason: 'operation_unknown' };
  // Without an echo, an operation of ours whose reply is not here yet looks just like one from the dashboard.
  const isUnsettled = (operation: Operation) =>
    operation.kind === kind &&
    operation.target === target.n &&
    isOpen(operation) &&
    providerReferenceOf(operation) === null;
  if (!echoesReferences && own.some(isUnsettled)) return { kind: 'wait', reason: 'operation_unsettled' };
  if (outcome.outcome === 'succeeded' && outcome.amountMinor === null)
    return { kind: 'refuse', reason: 'amount_missing' };
  return { kind: 'discovery', of: kind, target: target.n };
}

function isKnownAs(operation: Operation, reference: string | null): boolean {
  return reference !== null && providerReferenceOf(operation) === reference;
}
