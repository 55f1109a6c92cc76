import type { AccountForm } from '#core/provider/accountForm.ts';

const SIMULATOR_TIMING = { connectMs: 500, sendWithinMs: 500, exchangeMs: 1000, propagationMs: 2000 };

/** The platform knows where its simulator is. */
export const simulatorAccount: AccountForm = {
  credentials: {
    api_key: {
      about: 'The key that the simulator knows the merchant by',
      pattern: /^[\x21-\x7e]{1,255}$/,
      expects: '1 to 255 visible ASCII characters',
      required: true,
      overlaps: false,
    },
    webhook_secret: {
      about: 'What the simulator signs its webhooks with',
      pattern: /^[\x21-\x7e]{1,255}$/,
      expects: '1 to 255 visible ASCII characters',
      required: true,
      overlaps: true,
    },
  },
  settings: {},
  baseUrl: () => null,
  timing: SIMULATOR_TIMING,
};
