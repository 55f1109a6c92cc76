import { PAYMENT } from './samples.ts';

/** Values for examples of webhooks: made up, and of the right form. */
const KEY = PAYMENT.id.slice('pay_'.length);
export const ENDPOINT = {
  id: `whe_${KEY}`,
  object: 'webhook_endpoint',
  url: 'https://shop.example/webhooks',
  events: ['*'],
  description: null,
  enabled: true,
  disabled_reason: null,
  disabled_at: null,
  former_secret_expires_at: null,
  created_at: '2026-03-01T12:00:00.000Z',
  updated_at: '2026-03-01T12:00:00.000Z',
};
// Made up, and of 32 zero bytes: no secret of anybody.
export const WITH_SECRET = { ...ENDPOINT, secret: `whsec_${'A'.repeat(43)}=` };
export const MERCHANT_EVENT_ID = `evt_${KEY}_2_2`;
export const ATTEMPT = {
  at: '2026-03-01T12:30:45.400Z',
  duration_ms: 84,
  succeeded: true,
  status: 204,
  failure: null,
  response_start: '',
};
export const DELIVERY = {
  id: `del_${KEY}`,
  object: 'webhook_delivery',
  endpoint: ENDPOINT.id,
  event: MERCHANT_EVENT_ID,
  type: 'payment.succeeded',
  status: 'delivered',
  dead_reason: null,
  next_attempt_at: null,
  delivered_at: '2026-03-01T12:30:45.484Z',
  attempts: [ATTEMPT],
  created_at: '2026-03-01T12:30:45.310Z',
};
export const MERCHANT_EVENT = {
  id: MERCHANT_EVENT_ID,
  object: 'merchant_event',
  type: 'payment.succeeded',
  timestamp: '2026-03-01T12:30:45.310Z',
  sequence: 3,
  data: PAYMENT,
};

/** Of no payment. */
export const NOTICE_ID = `evt_${KEY}`;
