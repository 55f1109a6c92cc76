import type { AccountForm } from '#core/provider/accountForm.ts';

const VERSION = 'v72';
const TEST = `https://checkout-test.adyen.com/${VERSION}`;

/** Adyen itself may wait for an issuer for long; what takes longer than this is in doubt, and the webhook ends it. */
const TIMING = { connectMs: 3000, sendWithinMs: 5000, exchangeMs: 30_000, propagationMs: 0 };

/** One merchant account at Adyen. `live_url_prefix` is what makes it a live one: its address is its own. */
export const adyenAccount: AccountForm = {
  credentials: {
    api_key: {
      about: 'The API key of a web service user (Customer Area: Developers, API credentials)',
      pattern: /^[\x21-\x7e]{16,1024}$/,
      expects: '16 to 1024 visible ASCII characters',
      required: true,
      overlaps: false,
    },
    hmac_key: {
      about: 'The HMAC key of the standard webhook (Customer Area: Developers, Webhooks)',
      pattern: /^(?:[0-9A-Fa-f]{2}){16,64}$/,
      expects: '32 to 128 hexadecimal digits',
      required: true,
      overlaps: true,
    },
  },
  settings: {
    merchant_account: {
      about: 'The merchant account that is charged (Customer Area: Settings, Merchant accounts)',
      pattern: /^[A-Za-z0-9_]{1,80}$/,
      expects: '1 to 80 letters, digits and underscores',
      required: true,
      default: null,
    },
    live_url_prefix: {
      about: 'The prefix of the live endpoints (Customer Area: Developers, API URLs); none: the test environment',
      pattern: /^[A-Za-z0-9]{1,40}-[A-Za-z0-9-]{1,40}$/,
      expects: 'the prefix alone, such as 1797a841fbb37ca7-AdyenDemo',
      required: false,
      default: null,
    },
  },
  baseUrl: ({ live_url_prefix: prefix }) =>
    prefix === undefined ? TEST : `https://${prefix}-checkout-live.adyenpayments.com/checkout/${VERSION}`,
  timing: TIMING,
};
