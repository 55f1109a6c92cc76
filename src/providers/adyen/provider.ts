import type { Provider } from '#core/provider/port.ts';
import { adyenAccount } from './account.ts';
import { completionRequest, operationRequest, takes } from './requests.ts';
import { readCompletion, readLater, readOperation } from './responses.ts';
import { isGenuine, isOther, readNotice, split } from './webhooks.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Checkout API v72. What is known of it, and how surely: README.md. */
export const adyen = {
  name: 'adyen',
  version: 1,
  // A merchant account captures once unless Adyen has set it up otherwise, and releases the rest by itself.
  capabilities: {
    multipleCaptures: false,
    voidsRest: false,
    idempotencyWindowMs: 7 * DAY_MS,
    echoesReferences: true,
  },
  account: adyenAccount,
  takes,
  request: operationRequest,
  read: readOperation,
  inquiry: { kind: 'none', readResent: readLater },
  completion: { request: completionRequest, read: readCompletion },
  webhooks: { isGenuine, split, read: readNotice, isOther },
  scrub: {
    headers: [],
    fields: [
      'storedPaymentMethodId',
      'shopperReference',
      'returnUrl',
      'redirectResult',
      'url',
      'hmacSignature',
      'holderName',
      'cardHolderName',
      'shopperName',
      'shopperEmail',
      'shopperIP',
      'telephoneNumber',
      'iban',
      'ownerName',
      'recurring.recurringDetailReference',
      'recurring.shopperReference',
      'cardSummary',
      'expiryDate',
      'MD',
      'PaReq',
    ],
  },
} satisfies Provider;
