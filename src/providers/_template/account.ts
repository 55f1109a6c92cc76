import type { AccountForm } from '#core/provider/accountForm.ts';

/** What a merchant tells to be connected. Patterns refuse what is of another kind: a public key, a secret of another endpoint. */
export const templateAccount: AccountForm = {
  credentials: {
    api_key: {
      about: 'What it is, and where the merchant finds it',
      pattern: /^[\x21-\x7e]{1,255}$/,
      expects: '1 to 255 visible ASCII characters',
      required: true,
      overlaps: false,
    },
    webhook_secret: {
      about: 'What the provider signs its webhooks with',
      pattern: /^[\x21-\x7e]{1,255}$/,
      expects: '1 to 255 visible ASCII characters',
      required: true,
      overlaps: true,
    },
  },
  settings: {},
  baseUrl: () => 'https://api.provider.example',
  timing: { connectMs: 2000, sendWithinMs: 3000, exchangeMs: 20_000, propagationMs: 60_000 },
};
