import type { OperationRequest } from '#core/provider/port.ts';
import type { ErrorAnswer, StatusTable, WebhookEvent } from '../subject.ts';

// Written from the provider's description; say where it is and of which day. Nothing is called recorded that wasn't.

const PAYMENT = '0'.repeat(32);
export const AUTHORIZE: OperationRequest = {
  kind: 'authorize',
  reference: `op_${PAYMENT}_1`,
  payment: `pay_${PAYMENT}`,
  amountMinor: 1000n,
  currency: 'EUR',
  captures: true,
  final: false,
  stops: false,
  token: 'tok',
  returnUrl: null,
  targetReference: null,
  targetOwnReference: null,
  idempotencyKey: 'key',
};

export function answer(operation: OperationRequest, body: object, status = 200) {
  return { operation, response: { status, headers: {}, body: JSON.stringify(body) } };
}

/** One table a field whose words decide: every word of the description, and what it says. */
export const STATUSES: readonly StatusTable[] = [];

/** Every documented error, and what may be concluded from it. */
export const ERRORS: readonly ErrorAnswer[] = [];

/** Every documented type of event: about money, about something else, or kept because nobody reads it yet. */
export const EVENTS: Readonly<Record<string, WebhookEvent>> = {};
