import type { OperationRequest } from '#core/provider/port.ts';
import type { ErrorAnswer, StatusTable } from '../subject.ts';

// Written from Stripe's OpenAPI description and documentation; nothing was recorded.

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
  token: 'pm_card_visa',
  returnUrl: 'https://shop.example/back',
  targetReference: null,
  targetOwnReference: null,
  idempotencyKey: 'key',
};
const FOLLOW_UP = { targetReference: 'pi_1', targetOwnReference: AUTHORIZE.reference, captures: false, token: '' };
export const REFUND: OperationRequest = {
  ...AUTHORIZE,
  ...FOLLOW_UP,
  kind: 'refund',
  reference: `op_${PAYMENT}_2`,
};
const CAPTURE: OperationRequest = { ...REFUND, kind: 'capture' };
const VOID: OperationRequest = { ...REFUND, kind: 'void' };

const NAMED = { payment: AUTHORIZE.payment, reference: AUTHORIZE.reference };
export const INTENT = {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  amount: 1000,
  amount_capturable: 0,
  amount_received: 1000,
  currency: 'eur',
  capture_method: 'automatic',
  cancellation_reason: null,
  created: 1_700_000_000,
  last_payment_error: null,
  latest_charge: 'ch_1',
  livemode: false,
  metadata: NAMED,
  next_action: null,
};
export const HELD = {
  ...INTENT,
  status: 'requires_capture',
  capture_method: 'manual',
  amount_received: 0,
  amount_capturable: 1000,
};
export const CAPTURED = {
  ...HELD,
  status: 'succeeded',
  amount_received: 1000,
  amount_capturable: 0,
  metadata: { ...NAMED, capture_2: '1000', last_capture: CAPTURE.reference },
};
export const DECLINED = {
  ...INTENT,
  status: 'requires_payment_method',
  amount_received: 0,
  last_payment_error: { type: 'card_error', code: 'card_declined', decline_code: 'do_not_honor', message: 'No.' },
};
export const CHALLENGED = {
  ...INTENT,
  status: 'requires_action',
  amount_received: 0,
  latest_charge: null,
  next_action: {
    type: 'redirect_to_url',
    redirect_to_url: { url: 'https://hooks.stripe.example/1', return_url: null },
  },
};
export const CANCELED = { ...CHALLENGED, status: 'canceled', next_action: null, cancellation_reason: 'abandoned' };
export const REFUNDED = {
  id: 're_1',
  object: 'refund',
  status: 'succeeded',
  amount: 1000,
  currency: 'eur',
  charge: 'ch_1',
  payment_intent: 'pi_1',
  created: 1_700_000_000,
  metadata: { ...NAMED, reference: REFUND.reference },
  reason: null,
  balance_transaction: 'txn_1',
};

export function answer(operation: OperationRequest, body: object, status = 200) {
  const headers = { 'content-type': 'application/json', 'request-id': 'req_1' };
  return { operation, response: { status, headers, body: JSON.stringify(body) } };
}

const INTENTS: Readonly<Record<string, object>> = {
  requires_capture: HELD,
  requires_payment_method: DECLINED,
  requires_action: CHALLENGED,
  canceled: CANCELED,
};

export const STATUSES: readonly StatusTable[] = [
  {
    name: 'payment_intent.status',
    meanings: {
      succeeded: 'succeeded',
      requires_capture: 'succeeded',
      requires_action: 'requires_action',
      processing: 'pending',
      requires_payment_method: 'declined',
      requires_confirmation: 'unknown',
      canceled: 'declined',
    },
    answer: (word) => answer(AUTHORIZE, { ...INTENT, ...INTENTS[String(word)], status: word }),
  },
  {
    name: 'refund.status',
    meanings: {
      succeeded: 'succeeded',
      pending: 'pending',
      requires_action: 'pending',
      failed: 'declined',
      canceled: 'declined',
    },
    answer: (word) => answer(REFUND, { ...REFUNDED, status: word }),
  },
  {
    name: 'payment_intent.status, after a capture',
    isOf: 'payment_intent.status',
    meanings: { succeeded: 'succeeded', requires_capture: 'succeeded', canceled: 'unknown', processing: 'unknown' },
    answer: (word) => answer(CAPTURE, { ...CAPTURED, status: word }),
  },
  {
    name: 'payment_intent.status, after a void',
    isOf: 'payment_intent.status',
    meanings: { canceled: 'succeeded', requires_capture: 'unknown', succeeded: 'unknown' },
    answer: (word) => answer(VOID, { ...HELD, amount_capturable: 0, status: word }),
  },
];

const PLAIN_ERROR = { message: 'No.', doc_url: 'https://stripe.com/docs/error-codes', param: null };

function error(status: number, code: string | null, given: { type: string; outcome: ErrorAnswer['outcome'] }) {
  const { type, outcome } = given;
  const body = { error: { ...PLAIN_ERROR, type, code } };
  return { name: `${status} ${type} ${code}`, ...answer(AUTHORIZE, body, status), outcome };
}

const INVALID = { type: 'invalid_request_error', outcome: 'rejected' } as const;
export const ERRORS: readonly ErrorAnswer[] = [
  error(400, 'parameter_unknown', INVALID),
  error(400, 'amount_too_small', INVALID),
  error(400, 'payment_intent_unexpected_state', INVALID),
  error(401, null, INVALID),
  error(403, null, INVALID),
  error(404, 'resource_missing', INVALID),
  error(402, 'card_declined', { type: 'card_error', outcome: 'declined' }),
  error(402, 'expired_card', { type: 'card_error', outcome: 'declined' }),
  error(409, null, { type: 'invalid_request_error', outcome: 'unknown' }),
  error(409, 'lock_timeout', { type: 'invalid_request_error', outcome: 'unknown' }),
  error(400, null, { type: 'idempotency_error', outcome: 'unknown' }),
  error(400, null, { type: 'api_error', outcome: 'unknown' }),
  error(400, null, { type: 'a_new_type', outcome: 'unknown' }),
];
