import type { Provider } from '#core/provider/port.ts';
import { stripeAccount } from './account.ts';
import { CLOCKS_DIFFER_MS, inquiryRequest, operationRequest, takes } from './requests.ts';
import { readInquiry, readOperation } from './responses.ts';
import { isGenuine, isOf, isOther, readNotice } from './webhooks.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Stripe: payment intents. What is known and what isn't: README.md. */
export const stripe = {
  name: 'stripe',
  version: 1,
  capabilities: {
    multipleCaptures: false,
    voidsRest: false,
    idempotencyWindowMs: DAY_MS,
    // A refund that was made in the dashboard names the payment intent and not our payment.
    echoesReferences: false,
  },
  capabilitiesBySettings: (settings) => ({ multipleCaptures: settings['multicapture'] === 'yes' }),
  account: stripeAccount,
  takes,
  request: operationRequest,
  read: readOperation,
  inquiry: { kind: 'strong', clocksDifferMs: CLOCKS_DIFFER_MS, request: inquiryRequest, read: readInquiry },
  webhooks: { isGenuine, read: readNotice, isOther, isOf },
  scrub: {
    headers: ['stripe-signature'],
    fields: ['payment_method', 'return_url', 'client_secret', 'url', 'receipt_email', 'billing_details', 'shipping'],
  },
} satisfies Provider;
