import { secret } from '#core/kit/secret.ts';
import { exponentOf } from '#core/money/currencies.ts';
import type { ProviderAccount, ProviderRequest } from '#core/provider/port.ts';
import { adyen } from '#providers/adyen/provider.ts';
import type { Subject } from '../subject.ts';
import { ANSWER, answer, DECLINES, ERRORS, MERCHANT_ACCOUNT, operationAs, PSP, STATUSES } from './answers.ts';
import { openAdyen } from './description.ts';
import { createAdyenDouble } from './double.ts';
import { bodyOf, EVENTS, itemOf, signed, tampered } from './events.ts';

const HMAC_KEY = '44'.repeat(32);
const BASE_URL = 'https://checkout-test.adyen.com/v72';

function account(id: string, merchantAccount: string, hmacKey: string): ProviderAccount {
  const credentials = { api_key: [secret(`AQE_of_the_${id}_account`)], hmac_key: [secret(hmacKey)] };
  const timing = { connectMs: 500, sendWithinMs: 500, exchangeMs: 1000, propagationMs: 0 };
  const settings = { merchant_account: merchantAccount };
  return { id, provider: 'adyen', baseUrl: BASE_URL, credentials, settings, timing };
}

const CREDENTIALS = { api_key: 'AQEyhmfxK4PJaBZEw0m_key', hmac_key: HMAC_KEY };
const SETTINGS = { merchant_account: MERCHANT_ACCOUNT };

export const subject: Subject = {
  provider: adyen,
  account: account('first', MERCHANT_ACCOUNT, HMAC_KEY),
  otherAccount: account('other', MERCHANT_ACCOUNT, '55'.repeat(32)),
  form: {
    good: [
      { credentials: CREDENTIALS, settings: SETTINGS },
      { credentials: CREDENTIALS, settings: { ...SETTINGS, live_url_prefix: '1797a841fbb37ca7-AdyenDemo' } },
    ],
    bad: [
      { credentials: CREDENTIALS, settings: {} },
      { credentials: { api_key: CREDENTIALS.api_key }, settings: SETTINGS },
      { credentials: { ...CREDENTIALS, hmac_key: 'no hexadecimal text' }, settings: SETTINGS },
      { credentials: { ...CREDENTIALS, hmac_key: '' }, settings: SETTINGS },
      { credentials: CREDENTIALS, settings: { ...SETTINGS, live_url_prefix: 'evil.example/' } },
    ],
  },
  generate: {
    tokens: ['shopper_1:8415736344864224', '8415736344864224', 'shop:per:8415736344864224'],
    anyToken: false,
    targetReferences: [PSP, 'D5B6V8NRTVCCZN82'],
    currencies: () => true,
    amountMinorMax: 999_999_999_999n,
  },
  description: { kind: 'official', source: 'Adyen/adyen-openapi, checkout v72 and webhooks v1', open: openAdyen },
  capturesLater: true,
  idempotency: { charactersMax: 64, keyOf: ({ headers }) => headers['idempotency-key'] ?? null },
  amounts: {
    sent: sentAmount,
    // docs.adyen.com/development-resources/currency-codes, where it differs from ISO 4217.
    exponentOf: (currency) => ({ CLP: 2, CVE: 0, IDR: 0, ISK: 2 })[currency as string] ?? exponentOf(currency),
    untold: ['void'],
  },
  statuses: STATUSES,
  declines: DECLINES,
  errors: ERRORS,
  webhooks: {
    sign: (body, { secrets }) => signed(body, secrets[0] ?? ''),
    secretOf: (word) => Buffer.from(word.padEnd(32, '.')).toString('hex'),
    secretField: 'hmac_key',
    toleranceMs: null,
    signsWithTwoSecrets: false,
    body: bodyOf(itemOf('AUTHORISATION')),
    tampered,
    events: EVENTS,
  },
  transcript: {
    request: request('8415736344864224', 'shopper_1', 'https://shop.example/back?customer=ada'),
    response: answer(operationAs('authorize'), {
      ...ANSWER,
      additionalData: { cardHolderName: 'Ada L.', expiryDate: '3/2030' },
    }).response,
    maskedRequest: { ...request('***', '***', '***'), headers: { 'x-api-key': '***', 'idempotency-key': 'key' } },
    maskedResponse: answer(operationAs('authorize'), {
      ...ANSWER,
      action: { ...ANSWER.action, url: '***' },
      additionalData: { cardHolderName: '***', expiryDate: '***' },
    }).response,
  },
  createDouble: createAdyenDouble,
  tokens: {
    approved: 'shopper_1:approved',
    declined: { token: 'shopper_1:declined', code: 'do_not_honor' },
    challenge: 'shopper_1:challenge',
  },
  faultsNotApplicable: {
    webhook_lost: 'Adyen repeats a webhook until it is acknowledged; of what stays pending an operator is told',
  },
};

function request(storedPaymentMethodId: string, shopperReference: string, returnUrl: string): ProviderRequest {
  return {
    method: 'POST',
    url: `${BASE_URL}/payments`,
    headers: { 'x-api-key': 'AQE_secret', 'idempotency-key': 'key' },
    body: JSON.stringify({ paymentMethod: { type: 'scheme', storedPaymentMethodId }, shopperReference, returnUrl }),
  };
}

function sentAmount({ body }: ProviderRequest) {
  const { amount } = JSON.parse(body ?? '{}') as { amount?: { value: number; currency: string } };
  return amount === undefined ? null : { units: BigInt(amount.value), currency: amount.currency };
}
