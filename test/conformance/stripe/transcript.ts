import type { Transcript } from '../subject.ts';

const BILLING = { address: { city: 'Ulm', line1: 'Weg 1' }, email: 'ada@example.test', name: 'Ada', phone: null };
const MASK = '***';

/** An exchange with credentials and personal data where Stripe has them, and what is left of it. Generated, as all here. */
export const TRANSCRIPT: Transcript = {
  request: {
    method: 'POST',
    url: 'https://api.stripe.example/v1/payment_intents',
    headers: {
      authorization: 'Bearer sk_live_secret',
      'idempotency-key': 'key',
      'stripe-version': '2026-08-26.dahlia',
    },
    body: `amount=1000&payment_method=pm_secret&payment_method_types[0]=card&return_url=${encodeURIComponent('https://shop.example/back?customer=ada')}`,
  },
  maskedRequest: {
    method: 'POST',
    url: 'https://api.stripe.example/v1/payment_intents',
    headers: { authorization: MASK, 'idempotency-key': 'key', 'stripe-version': '2026-08-26.dahlia' },
    body: `amount=1000&payment_method=${MASK}&payment_method_types[0]=card&return_url=${MASK}`,
  },
  response: {
    status: 402,
    headers: { 'request-id': 'req_1' },
    body: JSON.stringify({
      error: {
        code: 'card_declined',
        payment_intent: {
          id: 'pi_1',
          client_secret: 'pi_1_secret_2',
          amount: 1000,
          shipping: { name: 'Ada', phone: '1' },
        },
        payment_method: {
          id: 'pm_1',
          billing_details: BILLING,
          card: { last4: '4242', fingerprint: 'fp' },
          type: 'card',
        },
      },
      charges: [{ billing_details: BILLING, receipt_email: 'ada@example.test', outcome: { type: 'issuer_declined' } }],
    }),
  },
  maskedResponse: {
    status: 402,
    headers: { 'request-id': 'req_1' },
    body: JSON.stringify({
      error: {
        code: 'card_declined',
        payment_intent: { id: 'pi_1', client_secret: MASK, amount: 1000, shipping: MASK },
        payment_method: MASK,
      },
      charges: [{ billing_details: MASK, receipt_email: MASK, outcome: { type: 'issuer_declined' } }],
    }),
  },
};
