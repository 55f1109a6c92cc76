import type { OperationRequest } from '#core/provider/port.ts';
import type { ErrorAnswer, StatusTable, WebhookEvent } from '../subject.ts';

// Written from docs/reference/simulator.md.

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
  token: 'tok_approved',
  returnUrl: null,
  targetReference: null,
  targetOwnReference: null,
  idempotencyKey: 'key',
};
const REFUND: OperationRequest = {
  ...AUTHORIZE,
  kind: 'refund',
  reference: `op_${PAYMENT}_2`,
  targetReference: 'sim_1',
};

export const CHARGE = {
  object: 'charge',
  id: 'sim_1',
  reference: AUTHORIZE.reference,
  status: 'succeeded',
  amount: 1000,
  amount_authorized: 1000,
  amount_capturable: 0,
  amount_captured: 1000,
  amount_refunded: 0,
  currency: 'EUR',
  decline_code: null,
  redirect_url: 'https://simulator.example/challenge/sim_1',
  metadata: { payment: AUTHORIZE.payment },
  version: 3,
  captures: [{ object: 'capture', id: 'simc_1', source: 'charge', status: 'succeeded', amount: 1000 }],
  refunds: [],
  voids: [],
};
const ENTRY = {
  object: 'refund',
  id: 'simr_1',
  reference: REFUND.reference,
  charge: 'sim_1',
  source: 'api',
  status: 'succeeded',
  amount: 1000,
  currency: 'EUR',
  failure_code: null,
  version: 1,
  metadata: { payment: AUTHORIZE.payment },
};

export function answer(operation: OperationRequest, body: object, status = 200) {
  const headers = { 'content-type': 'application/json' };
  return { operation, response: { status, headers, body: JSON.stringify(body) } };
}

export const STATUSES: readonly StatusTable[] = [
  {
    name: 'charge.status',
    meanings: {
      succeeded: 'succeeded',
      authorized: 'succeeded',
      declined: 'declined',
      requires_action: 'requires_action',
      pending: 'pending',
      canceled: 'declined',
    },
    answer: (word) => {
      const approved = word === 'declined' || word === 'canceled' ? 0 : 1000;
      return answer(AUTHORIZE, { ...CHARGE, status: word, amount_authorized: approved, captures: [] });
    },
  },
  {
    name: 'refund.status',
    meanings: { succeeded: 'succeeded', pending: 'pending', failed: 'declined', reversed: 'reversed' },
    answer: (word) => answer(REFUND, { ...ENTRY, status: word }),
  },
];

const REFUSED = {
  400: ['invalid_json', 'invalid_request', 'invalid_token', 'idempotency_key_required'],
  401: ['unauthorized'],
  404: ['not_found'],
  409: [
    'charge_not_capturable',
    'amount_exceeds_capturable',
    'charge_not_voidable',
    'charge_not_refundable',
    'amount_exceeds_refundable',
    'charge_not_cancelable',
  ],
  413: ['body_too_large'],
  415: ['unsupported_media_type'],
  422: ['idempotency_key_reused'],
};

export const ERRORS: readonly ErrorAnswer[] = [
  ...Object.entries(REFUSED).flatMap(([status, codes]) => codes.map((code) => error(Number(status), code, 'rejected'))),
  error(409, 'idempotency_in_flight', 'unknown'),
];

function error(status: number, code: string, outcome: ErrorAnswer['outcome']): ErrorAnswer {
  return { name: code, ...answer(AUTHORIZE, { error: { code, message: 'No.' } }, status), outcome };
}

export function event(id: string, data: object): string {
  const created_at = '2026-01-01T00:00:00Z';
  return JSON.stringify({ id: `evt_${id}`, type: 'charge.updated', account: 'first', created_at, data });
}

export const EVENTS: Readonly<Record<string, WebhookEvent>> = {
  'charge.updated': { about: 'money', body: event('1', CHARGE), kind: 'authorize', outcome: 'succeeded' },
  'capture.updated': {
    about: 'money',
    body: event('2', { ...ENTRY, object: 'capture', id: 'simc_2' }),
    kind: 'capture',
    outcome: 'succeeded',
  },
  'capture.updated, of the charge itself': {
    about: 'other',
    body: event('3', { ...ENTRY, object: 'capture', id: 'simc_3', source: 'charge', reference: null }),
  },
  'void.updated': {
    about: 'money',
    body: event('4', { ...ENTRY, object: 'void', id: 'simv_1' }),
    kind: 'void',
    outcome: 'succeeded',
  },
  'refund.updated': { about: 'money', body: event('5', ENTRY), kind: 'refund', outcome: 'succeeded' },
  'refund.updated, reversed': {
    about: 'money',
    body: event('6', { ...ENTRY, status: 'reversed' }),
    kind: 'refund',
    outcome: 'reversed',
  },
};
