import { defined } from '#core/kit/assert.ts';
import { credentialOf } from '#core/provider/accountForm.ts';
import type { OperationRequest, ProviderAccount, ProviderRequest, ReturnParameters } from '#core/provider/port.ts';
import { unitsOf } from './amounts.ts';

/** Adyen wants an address; where the merchant has none, no customer is sent anywhere (RFC 2606: nobody can own it). */
const NO_RETURN_URL = 'https://no-return.invalid/';
const RETURN_RESULT_CHARACTERS_MAX = 20_000;

/** An amount with a part of a unit in a currency that Adyen counts in whole ones can't be asked for. */
export function takes({ kind, amountMinor, currency }: OperationRequest): boolean {
  return kind === 'void' || unitsOf(amountMinor, currency) !== null;
}

export function operationRequest(operation: OperationRequest, account: ProviderAccount): ProviderRequest {
  const payment = `/payments/${encodeURIComponent(operation.targetReference ?? '')}`;
  const merchantAccount = account.settings['merchant_account'] ?? '';
  const { reference } = operation;
  switch (operation.kind) {
    case 'authorize':
      return post(operation, account, {
        path: '/payments',
        body: { amount: amountOf(operation), merchantAccount, ...paymentOf(operation) },
      });
    case 'capture':
      return post(operation, account, {
        path: `${payment}/captures`,
        body: { amount: amountOf(operation), merchantAccount, reference },
      });
    case 'void': {
      // Before it is decided Adyen may not have told its own reference: by ours it finds it all the same ("technical cancel").
      const paymentReference = operation.targetOwnReference;
      return operation.stops && paymentReference !== null
        ? post(operation, account, { path: '/cancels', body: { merchantAccount, paymentReference, reference } })
        : post(operation, account, { path: `${payment}/cancels`, body: { merchantAccount, reference } });
    }
    case 'refund':
      return post(operation, account, {
        path: `${payment}/refunds`,
        body: { amount: amountOf(operation), merchantAccount, reference },
      });
  }
}

/** The customer is back from a redirect; Adyen goes on when it is told what it was given there. */
export function completionRequest(
  operation: OperationRequest,
  parameters: ReturnParameters,
  account: ProviderAccount,
): ProviderRequest | null {
  const redirectResult = parameters['redirectResult'] ?? '';
  if (redirectResult === '' || redirectResult.length > RETURN_RESULT_CHARACTERS_MAX) return null;
  return post(operation, account, { path: '/payments/details', body: { details: { redirectResult } } });
}

function amountOf({ amountMinor, currency }: OperationRequest) {
  const units = unitsOf(amountMinor, currency);
  return { currency, value: Number(defined(units ?? undefined, `${amountMinor} ${currency} has a part of a unit`)) };
}

/** Never captured by itself, whatever the merchant account is set to: a capture of ours has a reference and an outcome of its own. */
function paymentOf({ reference, payment, token, returnUrl }: OperationRequest) {
  return {
    reference,
    returnUrl: returnUrl ?? NO_RETURN_URL,
    paymentMethod: { type: 'scheme', storedPaymentMethodId: storedIdOf(token) },
    ...shopperOf(token),
    shopperInteraction: 'ContAuth',
    recurringProcessingModel: 'CardOnFile',
    channel: 'Web',
    authenticationData:
      returnUrl === null ? { attemptAuthentication: 'never' } : { threeDSRequestData: { nativeThreeDS: 'disabled' } },
    additionalData: { manualCapture: 'true' },
    metadata: { payment },
  };
}

/** A token is `<shopperReference>:<storedPaymentMethodId>`, or the latter alone. */
function storedIdOf(token: string): string {
  return token.slice(token.lastIndexOf(':') + 1);
}

function shopperOf(token: string): { shopperReference?: string } {
  const colon = token.lastIndexOf(':');
  return colon < 1 ? {} : { shopperReference: token.slice(0, colon) };
}

function post(
  { idempotencyKey }: OperationRequest,
  account: ProviderAccount,
  { path, body }: { path: string; body: object },
): ProviderRequest {
  return {
    method: 'POST',
    url: `${account.baseUrl}${path}`,
    headers: {
      'x-api-key': credentialOf(account, 'api_key').reveal(),
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify(body),
  };
}
