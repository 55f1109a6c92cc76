import type { Scope } from '#api/scopes.ts';

/** What a merchant has made before anybody else calls. */
export type Made = {
  payment: string;
  refund: string;
  operation: string;
  account: string;
  providerAccount: string;
  webhookEndpoint: string;
  webhookDelivery: string;
  event: string;
};

/** Who may do what on a route. A new route needs a row here, or a place among the public ones. */
export type Access = {
  scope: Scope;
  /** `read`: operators read it too, of all merchants. `act`: operators only, those who may act. `none`: an operator has no business here. */
  operators: 'read' | 'act' | 'none';
  /** What another merchant gets: nothing by the id; a list without it; or there is no object of a merchant in it. */
  foreign: 'not_found' | 'left_out' | 'no_object';
  path: (made: Made) => string;
  body?: (made: Made) => object;
};

const CARD = { payment_method: { type: 'card', token: 'tok_approved' } };

export const ACCESS: { readonly [route: string]: Access } = {
  'POST /v1/payments': {
    scope: 'payments:write',
    operators: 'none',
    foreign: 'no_object',
    path: () => '/v1/payments',
    body: () => ({ amount: 100, currency: 'EUR', ...CARD }),
  },
  'GET /v1/payments': { scope: 'payments:read', operators: 'read', foreign: 'left_out', path: () => '/v1/payments' },
  'GET /v1/payments/:id': of('payments:read', ({ payment }) => `/v1/payments/${payment}`),
  'GET /v1/payments/:id/events': of('payments:read', ({ payment }) => `/v1/payments/${payment}/events`),
  'GET /v1/payments/:id/timeline': of('payments:read', ({ payment }) => `/v1/payments/${payment}/timeline`),
  'GET /v1/refunds/:id': of('payments:read', ({ refund }) => `/v1/refunds/${refund}`),
  'POST /v1/payments/:id/confirm': change('payments:write', 'confirm', CARD),
  'POST /v1/payments/:id/capture': change('payments:write', 'capture'),
  'POST /v1/payments/:id/cancel': change('payments:write', 'cancel'),
  'POST /v1/payments/:id/refunds': change('refunds:write', 'refunds'),
  'POST /v1/payments/:id/evidence': {
    ...operators('operations:write', ({ payment }) => `/v1/payments/${payment}/evidence`),
    body: ({ operation }) => ({ operation, outcome: 'succeeded', reason: 'a look at the provider' }),
  },
  'GET /v1/ledger/accounts': {
    scope: 'ledger:read',
    operators: 'read',
    foreign: 'left_out',
    path: () => '/v1/ledger/accounts',
  },
  'GET /v1/ledger/accounts/:id/entries': of('ledger:read', ({ account }) => `/v1/ledger/accounts/${account}/entries`),
  'GET /v1/ledger/trial_balance': {
    scope: 'ledger:read',
    operators: 'read',
    foreign: 'left_out',
    path: () => '/v1/ledger/trial_balance',
  },
  'GET /v1/providers': {
    scope: 'payments:read',
    operators: 'none',
    foreign: 'no_object',
    path: () => '/v1/providers',
  },
  'PUT /v1/provider_accounts/:account': {
    ...ofProviderAccount('accounts:write'),
    body: () => ({ provider: 'simulator', credentials: { api_key: 'another_key' } }),
  },
  'GET /v1/provider_accounts': {
    ...ofProviderAccount('accounts:read'),
    foreign: 'left_out',
    path: () => '/v1/provider_accounts',
  },
  'GET /v1/provider_accounts/:account': ofProviderAccount('accounts:read'),
  'DELETE /v1/provider_accounts/:account': ofProviderAccount('accounts:write'),
  'GET /v1/events': { ...ofMerchant('payments:read', () => '/v1/events'), foreign: 'left_out' },
  'GET /v1/events/:id': ofMerchant('payments:read', ({ event }) => `/v1/events/${event}`),
  'POST /v1/webhook_endpoints': {
    ...ofMerchant('webhooks:write', () => '/v1/webhook_endpoints'),
    foreign: 'no_object',
    body: () => ({ url: 'https://shop.example/other' }),
  },
  'GET /v1/webhook_endpoints': { ...ofWebhookEndpoint(), foreign: 'left_out', path: () => '/v1/webhook_endpoints' },
  'GET /v1/webhook_endpoints/:id': ofWebhookEndpoint(),
  'PATCH /v1/webhook_endpoints/:id': { ...ofWebhookEndpoint(), body: () => ({ description: 'mine' }) },
  'POST /v1/webhook_endpoints/:id/rotate_secret': ofWebhookEndpoint('/rotate_secret'),
  'POST /v1/webhook_endpoints/:id/test': ofWebhookEndpoint('/test'),
  'GET /v1/webhook_deliveries': {
    ...ofMerchant('webhooks:write', () => '/v1/webhook_deliveries'),
    foreign: 'left_out',
  },
  'GET /v1/webhook_deliveries/:id': ofMerchant(
    'webhooks:write',
    ({ webhookDelivery }) => `/v1/webhook_deliveries/${webhookDelivery}`,
  ),
  'POST /v1/webhook_deliveries/:id/redeliver': ofMerchant(
    'webhooks:write',
    ({ webhookDelivery }) => `/v1/webhook_deliveries/${webhookDelivery}/redeliver`,
  ),
  // Last of its own: then it is gone.
  'DELETE /v1/webhook_endpoints/:id': ofWebhookEndpoint(),
  'GET /v1/quarantine': operators('operations:read', () => '/v1/quarantine'),
  'POST /v1/quarantine/:id/retry': operators('operations:write', () => '/v1/quarantine/inb_nothing/retry'),
  'GET /v1/parked_streams': operators('operations:read', () => '/v1/parked_streams'),
};

/** Without a token, and why that is right. */
export const PUBLIC: { readonly [route: string]: string } = {
  'ALL /*': 'what every request goes through before its route',
  'GET /healthz': 'tells that it runs, and nothing else',
  'GET /readyz': 'tells whether it should get requests, and nothing of a merchant',
  'GET /metrics': 'open on this machine only; elsewhere an operator reads it (development.test.ts)',
  'GET /openapi.json': 'the same for everybody',
  'GET /docs': 'the same for everybody',
  'GET /docs/:file': 'the same for everybody',
  'GET /return/:id': "the customer's browser; the id can't be guessed, and nothing is shown",
  'POST /providers/:provider/webhooks': 'the signature says who it is',
  'POST /providers/:provider/webhooks/:account': 'the signature says who it is',
  'POST /oauth/token': 'the client says who it is',
  'GET /oauth/jwks': 'public keys',
  'GET /.well-known/jwks.json': 'public keys',
  'GET /oauth/.well-known/openid-configuration': 'where the token endpoint and the keys are',
  'GET /oauth/.well-known/oauth-authorization-server': 'where the token endpoint and the keys are',
  'ALL /simulator/*': 'a provider with no money, on this machine only',
};

function of(scope: Scope, path: Access['path']): Access {
  return { scope, operators: 'read', foreign: 'not_found', path };
}

function ofProviderAccount(scope: Scope): Access {
  const path: Access['path'] = ({ providerAccount }) => `/v1/provider_accounts/${providerAccount}`;
  return { scope, operators: 'none', foreign: 'not_found', path };
}

function ofMerchant(scope: Scope, path: Access['path']): Access {
  return { scope, operators: 'none', foreign: 'not_found', path };
}

function ofWebhookEndpoint(what = ''): Access {
  return ofMerchant('webhooks:write', ({ webhookEndpoint }) => `/v1/webhook_endpoints/${webhookEndpoint}${what}`);
}

function change(scope: Scope, what: string, body: object = {}): Access {
  const path: Access['path'] = ({ payment }) => `/v1/payments/${payment}/${what}`;
  return { scope, operators: 'none', foreign: 'not_found', path, body: () => body };
}

function operators(scope: 'operations:read' | 'operations:write', path: Access['path']): Access {
  return { scope, operators: scope === 'operations:read' ? 'read' : 'act', foreign: 'no_object', path };
}
