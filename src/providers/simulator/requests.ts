import { credentialOf } from '#core/provider/accountForm.ts';
import type { OperationRequest, ProviderAccount, ProviderRequest } from '#core/provider/port.ts';

/** Nothing listens on port 1: the token of a provider that can't be reached. */
const UNREACHABLE = 'http://127.0.0.1:1';
const UNREACHABLE_TOKEN = 'tok_connection_refused';

export function operationRequest(operation: OperationRequest, account: ProviderAccount): ProviderRequest {
  const charge = `/v1/charges/${encodeURIComponent(operation.targetReference ?? '')}`;
  const { reference, final } = operation;
  const amount = Number(operation.amountMinor);
  switch (operation.kind) {
    case 'authorize':
      return chargeRequest(operation, account);
    case 'capture':
      return post(operation, account, { path: `${charge}/captures`, body: { reference, amount, final } });
    case 'void':
      return operation.stops
        ? post(operation, account, { path: `${charge}/cancel`, body: {} })
        : post(operation, account, { path: `${charge}/voids`, body: { reference } });
    case 'refund':
      return post(operation, account, { path: `${charge}/refunds`, body: { reference, amount } });
  }
}

function chargeRequest(operation: OperationRequest, account: ProviderAccount): ProviderRequest {
  const body = {
    reference: operation.reference,
    amount: Number(operation.amountMinor),
    currency: operation.currency,
    token: operation.token,
    capture: operation.captures,
    return_url: operation.returnUrl,
    metadata: { payment: operation.payment },
  };
  const reachable = operation.token === UNREACHABLE_TOKEN ? { ...account, baseUrl: UNREACHABLE } : account;
  return post(operation, reachable, { path: '/v1/charges', body });
}

/** By our reference; a stop leaves none behind, so there the charge itself is asked for. */
export function inquiryRequest(operation: OperationRequest, account: ProviderAccount): ProviderRequest {
  const path = operation.stops
    ? `/v1/charges/${encodeURIComponent(operation.targetReference ?? '')}`
    : `/v1/operations?reference=${encodeURIComponent(operation.reference)}`;
  return {
    method: 'GET',
    url: `${account.baseUrl}${path}`,
    headers: { authorization: `Bearer ${credentialOf(account, 'api_key').reveal()}` },
    body: null,
  };
}

function post(
  operation: OperationRequest,
  account: ProviderAccount,
  { path, body }: { path: string; body: object },
): ProviderRequest {
  return {
    method: 'POST',
    url: `${account.baseUrl}${path}`,
    headers: {
      authorization: `Bearer ${credentialOf(account, 'api_key').reveal()}`,
      'content-type': 'application/json',
      'idempotency-key': operation.idempotencyKey,
    },
    body: JSON.stringify(body),
  };
}
