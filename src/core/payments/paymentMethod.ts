/** One token, for the merchant's first account; or one for each of several accounts. */
export type PaymentMethod = { type: 'card'; token: string } | { type: 'card'; tokens: readonly AccountToken[] };

/** `account`: its id or name; null: whichever account the merchant has at the provider. */
export type AccountToken = { provider: string; account: string | null; token: string };
