import type { z } from 'zod';
import { amountsOf } from '#core/payments/amounts.ts';
import type { PaymentEvent } from '#core/payments/events.ts';
import type { Version } from '#core/payments/history.ts';
import { type Operation, operationId, type Payment, providerReferenceOf, refundId } from '#core/payments/payment.ts';
import { decidingAuthorization, statusOf } from '#core/payments/status.ts';
import { DECLINE_CODES } from '#core/provider/declineCodes.ts';
import type { paymentSchema, refundSchema } from './answers.ts';

type LastError = NonNullable<z.input<typeof refundSchema>['last_error']>;

/** A payment as the API shows it. */
export function showPayment(payment: Payment): z.input<typeof paymentSchema> {
  const { personal } = payment;
  const amounts = amountsOf(payment);
  const refunds = payment.operations.filter((operation) => operation.kind === 'refund');
  return {
    id: payment.id,
    object: 'payment',
    version: payment.version,
    status: statusOf(payment),
    amount: Number(payment.amountMinor),
    currency: payment.currency,
    capture: payment.capture,
    amount_authorized: Number(amounts.authorizedMinor),
    amount_capturable: Number(amounts.capturableMinor),
    amount_captured: Number(amounts.capturedMinor),
    amount_refunded: Number(amounts.refundedMinor),
    amount_disputed: 0,
    amount_in_doubt: Number(amounts.inDoubtMinor),
    provider: decidingAuthorization(payment)?.provider ?? null,
    payment_method: personal?.paymentMethod ?? null,
    customer: personal?.customer ?? null,
    description: personal?.description ?? null,
    statement_descriptor: personal?.statementDescriptor ?? null,
    return_url: personal?.returnUrl ?? null,
    next_action: showNextAction(payment),
    cancel_wanted: payment.cancel === 'wanted',
    conflict: showConflict(payment),
    last_error: showLastError(payment),
    metadata: personal?.metadata ?? {},
    operations: payment.operations.map((operation) => showOperation(payment, operation)),
    refunds: refunds.map((operation) => showRefund(payment, operation)),
    created_at: time(payment.createdAt),
    updated_at: time(payment.updatedAt),
  };
}

/** A refund by its own id: an operation, in the words of a merchant. */
export function showRefund(payment: Payment, operation: Operation): z.input<typeof refundSchema> {
  return {
    id: refundId(payment.id, operation.n),
    object: 'refund',
    payment: payment.id,
    status: refundStatus(operation),
    amount: Number(operation.outcome.status === 'succeeded' ? operation.outcome.amountMinor : operation.amountMinor),
    currency: payment.currency,
    reason: operation.reason,
    last_error: errorOf(operation),
    provider_reference: providerReferenceOf(operation),
    created_at: time(operation.createdAt),
  };
}

function refundStatus({ outcome }: Operation): z.input<typeof refundSchema>['status'] {
  switch (outcome.status) {
    case 'sent':
    case 'pending':
    case 'requires_action':
      return 'pending';
    case 'unknown':
      return 'in_doubt';
    case 'succeeded':
    case 'reversed':
      return outcome.status;
    case 'declined':
    case 'rejected':
    case 'not_sent':
    case 'not_found':
      return 'failed';
  }
}

/** A commit of a payment as a list of facts. */
export function showFacts(payment: string, version: Version) {
  return version.events.map((event) => showFact(payment, version, event));
}

/** What only the platform and its providers need to know of an event. */
const INTERNAL_FIELDS = new Set([
  'personal',
  'redirectUrl',
  'command',
  'idempotencyKey',
  'requestHash',
  'adapterVersion',
]);

function showFact(payment: string, version: Version, event: PaymentEvent) {
  const { type, ...fields } = event;
  const data: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!INTERNAL_FIELDS.has(name)) data[FIELD_NAMES[name] ?? snakeCase(name)] = showField(payment, name, value);
  }
  return { object: 'event' as const, type, version: version.payment.version, at: time(version.at), data };
}

/** Where the API's word differs from ours. */
const FIELD_NAMES: { readonly [field: string]: string } = { kind: 'type', allowPartial: 'allow_partial_authorization' };

function showField(payment: string, name: string, value: unknown): unknown {
  if ((name === 'operation' || name === 'target') && typeof value === 'number') return operationId(payment, value);
  if ((name === 'sendBefore' || name === 'deadline') && typeof value === 'number') return time(value);
  return inWords(value);
}

function showOperation(payment: Payment, operation: Operation) {
  const { n, kind, amountMinor, provider, account, createdAt, outcome } = operation;
  return {
    id: operationId(payment.id, n),
    type: kind,
    seq: n,
    status: outcome.status,
    amount: Number(outcome.status === 'succeeded' ? outcome.amountMinor : amountMinor),
    provider,
    provider_account: account,
    provider_reference: providerReferenceOf(operation),
    evidence: evidenceFor(operation)?.source ?? null,
    created_at: time(createdAt),
  };
}

/** What proves the status that is shown. */
function evidenceFor({ outcome, claims }: Operation) {
  switch (outcome.status) {
    case 'succeeded':
      return claims.moved;
    case 'declined':
    case 'reversed':
      return claims.failed;
    default:
      return claims.latest;
  }
}

/** The oldest that nobody has resolved. */
function showConflict({ id, conflicts }: Payment) {
  const [conflict] = conflicts;
  if (conflict === undefined) return null;
  return { reason: conflict.reason, operation: operationId(id, conflict.operation), since: time(conflict.since) };
}

function showNextAction(payment: Payment): z.input<typeof paymentSchema>['next_action'] {
  const outcome = decidingAuthorization(payment)?.outcome;
  return outcome?.status === 'requires_action' && outcome.redirectUrl !== null
    ? { type: 'redirect_to_url', url: outcome.redirectUrl }
    : null;
}

/** About the last thing that was tried. */
function showLastError(payment: Payment): LastError | null {
  const last = payment.operations.at(-1);
  const target = last?.target == null ? undefined : payment.operations[last.target - 1];
  if (target?.unwanted === 'partial_approval' && last?.outcome.status === 'succeeded') {
    return {
      code: 'partial_approval_refused',
      decline_code: null,
      retryable: true,
      message: 'Only a part was approved; it was given back',
      provider_code: null,
    };
  }
  return last === undefined ? null : errorOf(last);
}

/** Only what is known not to have happened is an error; doubt is a status. */
function errorOf({ outcome }: Operation): LastError | null {
  switch (outcome.status) {
    case 'declined': {
      const retryable = DECLINE_CODES[outcome.code] === 'soft';
      const message = outcome.message ?? 'The provider declined';
      return {
        code: outcome.code === 'canceled' ? 'canceled' : 'declined',
        decline_code: outcome.code,
        retryable,
        message,
        provider_code: outcome.providerCode,
      };
    }
    case 'rejected':
      return {
        code: 'rejected',
        decline_code: null,
        retryable: false,
        message: outcome.message ?? 'The provider refused the request',
        provider_code: outcome.providerCode,
      };
    case 'not_sent':
      return {
        code: 'provider_unavailable',
        decline_code: null,
        retryable: true,
        message: 'The provider could not be reached; nothing was sent',
        provider_code: null,
      };
    case 'not_found':
      return {
        code: 'not_received',
        decline_code: null,
        retryable: true,
        message: 'The provider never received it; nothing was taken',
        provider_code: null,
      };
    case 'sent':
    case 'succeeded':
    case 'reversed':
    case 'unknown':
    case 'pending':
    case 'requires_action':
      return null;
  }
}

/** Our names in the API's words: snake_case, amounts without their unit, bigint as JSON integers. */
function inWords(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(inWords);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [snakeCase(name), inWords(member)]));
}

function snakeCase(name: string): string {
  return name.replace(/Minor$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** RFC 3339, UTC, milliseconds. */
export function time(at: number): string {
  return new Date(at).toISOString();
}
