/** Values for examples: made up, and of the right form. */
const KEY = '2c3xkqz7v9w0d8m5n4r6t1y3b7h9j0kp';
export const PAYMENT_ID = `pay_${KEY}`;
export const OPERATION_ID = `op_${KEY}_1`;
const REFUND_ID = `ref_${KEY}_2`;
const CREATED_AT = '2026-03-01T12:30:45.123Z';
const UPDATED_AT = '2026-03-01T12:30:45.310Z';

const authorization = {
  id: OPERATION_ID,
  type: 'authorize',
  seq: 1,
  status: 'succeeded',
  amount: 1999,
  provider: 'simulator',
  provider_account: 'simulator',
  provider_reference: 'sim_4f1c9a7be2d0',
  evidence: 'reply',
  created_at: CREATED_AT,
};

/** Captured at once. */
export const PAYMENT = {
  id: PAYMENT_ID,
  object: 'payment',
  version: 3,
  status: 'succeeded',
  amount: 1999,
  currency: 'EUR',
  capture: 'automatic',
  amount_authorized: 1999,
  amount_capturable: 0,
  amount_captured: 1999,
  amount_refunded: 0,
  amount_disputed: 0,
  amount_in_doubt: 0,
  provider: 'simulator',
  payment_method: { type: 'card', token: 'tok_approved' },
  customer: 'cus_1042',
  description: 'Order 7',
  statement_descriptor: null,
  return_url: null,
  next_action: null,
  cancel_wanted: false,
  conflict: null,
  last_error: null,
  metadata: { order: '7' },
  operations: [authorization],
  refunds: [],
  created_at: CREATED_AT,
  updated_at: UPDATED_AT,
};

/** No error of HTTP: the payment says what became of it. */
export const DECLINED = {
  ...PAYMENT,
  status: 'requires_payment_method',
  amount_authorized: 0,
  amount_captured: 0,
  payment_method: { type: 'card', token: 'tok_insufficient_funds' },
  last_error: {
    code: 'declined',
    decline_code: 'insufficient_funds',
    retryable: true,
    message: 'The card has insufficient funds',
    provider_code: 'insufficient_funds',
  },
  operations: [{ ...authorization, status: 'declined' }],
};

/** Sent, and not answered in time: never send it again under another key. */
export const IN_DOUBT = {
  ...PAYMENT,
  status: 'in_doubt',
  amount_authorized: 0,
  amount_captured: 0,
  amount_in_doubt: 1999,
  payment_method: { type: 'card', token: 'tok_timeout_approved' },
  operations: [{ ...authorization, status: 'unknown', provider_reference: null, evidence: null }],
};

/** Held, to be captured later. */
export const HELD = {
  ...PAYMENT,
  status: 'requires_capture',
  capture: 'manual',
  amount_capturable: 1999,
  amount_captured: 0,
};

export const CANCELED = { ...HELD, status: 'canceled', version: 5, amount_capturable: 0 };

export const REFUND = {
  id: REFUND_ID,
  object: 'refund',
  payment: PAYMENT_ID,
  status: 'succeeded',
  amount: 500,
  currency: 'EUR',
  reason: 'requested_by_customer',
  last_error: null,
  provider_reference: 'sim_80b1d2c43e5f',
  created_at: UPDATED_AT,
};

export const EVENT = {
  object: 'event',
  type: 'payment.cancel_requested',
  version: 4,
  at: UPDATED_AT,
  data: {},
};

export function listOf(...data: readonly unknown[]) {
  return { object: 'list', data, next_cursor: null };
}
