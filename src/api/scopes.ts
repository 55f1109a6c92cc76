/** What an access token may be good for, and what the document says of it. */
export const SCOPES = {
  'payments:read': 'See payments and refunds',
  'payments:write': 'Create, confirm, capture and cancel payments',
  'refunds:write': 'Refund payments',
  'webhooks:write': 'Manage webhook endpoints and their deliveries',
  'accounts:read': 'See provider accounts, without their credentials',
  'accounts:write': 'Connect to providers: put and delete provider accounts and their credentials',
  'ledger:read': 'See the books of the merchant',
  'routing:write': 'See and change which provider a payment goes to',
  'operations:read': "Operators: see what is wrong, and all merchants' books",
  'operations:write': 'Operators: state evidence, resolve conflicts, repeat what failed',
} as const;

export type Scope = keyof typeof SCOPES;
