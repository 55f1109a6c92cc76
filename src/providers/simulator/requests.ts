import type { OperationRequest, ProviderAccount, ProviderRequest } from '#core/provider/port.ts';

/** Nothing listens on port 1: the token of a provider that can't be reached. */
const UNREACHABLE = 'http://127.0.0.1:1';
const UNREACHABLE_TOKEN = 'tok_connection_refused';

export function chargeRequest(operation: OperationRequest, account: ProviderAccount): ProviderRequest {
  const baseUrl = operation.token === UNREACHABLE_TOKEN ? UNREACHABLE : account.baseUrl;
  return {
    method: 'POST',
    url: `${baseUrl}/v1/charges`,
    headers: {
      authorization: `Bearer ${account.apiKey.reveal()}`,
      'content-type': 'application/json',
      'idempotency-key': operation.idempotencyKey,
    },
    body: JSON.stringify({
      reference: operation.reference,
      amount: Number(operation.amountMinor),
      currency: operation.currency,
      token: operation.token,
      capture: operation.capture,
      metadata: { payment: operation.payment },
    }),
  };
}

export function inquiryRequest(operation: OperationRequest, account: ProviderAccount): ProviderRequest {
  return {
    method: 'GET',
    url: `${account.baseUrl}/v1/operations?reference=${encodeURIComponent(operation.reference)}`,
    headers: { authorization: `Bearer ${account.apiKey.reveal()}` },
    body: null,
  };
}
