import { credentialOf } from '#core/provider/accountForm.ts';
import type { Asked, OperationRequest, ProviderAccount, ProviderRequest } from '#core/provider/port.ts';

/** Only what it is given: no clock, no dice. The same operation is the same bytes, whenever it is built. */
export function operationRequest(operation: OperationRequest, account: ProviderAccount): ProviderRequest {
  return {
    method: 'POST',
    url: `${account.baseUrl}/${operation.kind}`,
    headers: { ...headersFor(account), 'content-type': 'application/json' },
    body: JSON.stringify({ reference: operation.reference }),
  };
}

/** Looks for the operation by our own reference. `asked`: since when, and from which page on. */
export function inquiryRequest(operation: OperationRequest, account: ProviderAccount, _asked: Asked): ProviderRequest {
  const url = `${account.baseUrl}/operations?reference=${encodeURIComponent(operation.reference)}`;
  return { method: 'GET', url, headers: headersFor(account), body: null };
}

function headersFor(account: ProviderAccount): Record<string, string> {
  return { authorization: `Bearer ${credentialOf(account, 'api_key').reveal()}` };
}
