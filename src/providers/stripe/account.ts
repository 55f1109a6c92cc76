import type { AccountForm } from '#core/provider/accountForm.ts';

/**
 * Stripe authorises in 1 to 3 s as a rule; a slow bank takes much longer. What was sent is in Stripe's lists once Stripe has begun with it, which
 * `propagationMs` leaves time for.
 */
const TIMING = { connectMs: 2000, sendWithinMs: 3000, exchangeMs: 20_000, propagationMs: 60_000 };

export const stripeAccount: AccountForm = {
  credentials: {
    secret_key: {
      about: 'A secret or restricted key: Dashboard, Developers, API keys. It says whether payments are live or tests.',
      pattern: /^(?:sk|rk)_(?:test|live)_[A-Za-z0-9]{1,240}$/,
      expects: 'sk_live_…, sk_test_…, rk_live_… or rk_test_…',
      required: true,
      overlaps: false,
    },
    webhook_secret: {
      about: 'The signing secret of the webhook endpoint: Dashboard, Developers, Webhooks',
      pattern: /^whsec_[A-Za-z0-9+/=_-]{1,240}$/,
      expects: 'whsec_…',
      required: true,
      overlaps: true,
    },
  },
  settings: {
    connected_account: {
      about: 'For platforms on Connect: the account that payments are made for (direct charges)',
      pattern: /^acct_[A-Za-z0-9]{1,240}$/,
      expects: 'acct_…',
      required: false,
      default: null,
    },
    multicapture: {
      about: 'Whether the contract allows an authorisation to be captured several times (IC+ pricing, or by agreement)',
      pattern: /^(?:yes|no)$/,
      expects: 'yes or no',
      required: true,
      default: 'no',
      changes: true,
    },
  },
  baseUrl: () => 'https://api.stripe.com',
  timing: TIMING,
};
