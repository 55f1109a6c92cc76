import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { secret } from '#core/kit/secret.ts';
import type { Currency } from '#core/money/currencies.ts';
import { problemsOf, settingsOf } from '#core/provider/accountForm.ts';
import type { OperationRequest, ProviderAccount, ProviderRequest } from '#core/provider/port.ts';
import { adyen } from './provider.ts';
import { REFUSAL_TEXTS, REFUSALS } from './statuses.ts';

const HMAC_KEY = 'a1'.repeat(32);
const account: ProviderAccount = {
  id: 'a',
  provider: 'adyen',
  baseUrl: 'https://checkout-test.adyen.com/v72',
  credentials: { api_key: [secret('AQE_key')], hmac_key: [secret(HMAC_KEY), secret('b2'.repeat(32))] },
  settings: { merchant_account: 'ShopECOM' },
  timing: { connectMs: 1, sendWithinMs: 1, exchangeMs: 1, propagationMs: 0 },
};
const authorize: OperationRequest = {
  kind: 'authorize',
  reference: 'op_x_1',
  payment: 'pay_x',
  amountMinor: 1999n,
  currency: 'EUR',
  captures: true,
  final: false,
  token: 'shopper:stored_1',
  returnUrl: 'https://florin.example/return/pay_x',
  targetReference: null,
  targetOwnReference: null,
  stops: false,
  idempotencyKey: 'key-1',
};
const target = {
  targetReference: 'PSP1',
  targetOwnReference: 'op_x_1',
  reference: 'op_x_2',
  token: '',
  returnUrl: null,
};
const capture: OperationRequest = { ...authorize, ...target, kind: 'capture' };
const refund: OperationRequest = { ...authorize, ...target, kind: 'refund' };
const cancel: OperationRequest = { ...authorize, ...target, kind: 'void' };
const stop: OperationRequest = { ...cancel, stops: true };

const sent = ({ url, body }: ProviderRequest) => [url.slice(account.baseUrl.length), JSON.parse(body ?? '')] as const;
const read = (operation: OperationRequest, body: object, status = 200, headers = {}) =>
  adyen.read(operation, { status, headers, body: JSON.stringify(body) });
const approved = { resultCode: 'Authorised', pspReference: 'PSP1', amount: { currency: 'EUR', value: 1999 } };

test('an authorisation is of a stored method, held, with our references; a challenge is a redirect', () => {
  const request = adyen.request(authorize, account);
  assert.equal(request.headers['idempotency-key'], 'key-1');
  assert.equal(request.headers['x-api-key'], 'AQE_key');
  assert.deepEqual(sent(request), [
    '/payments',
    {
      amount: { currency: 'EUR', value: 1999 },
      merchantAccount: 'ShopECOM',
      reference: 'op_x_1',
      returnUrl: 'https://florin.example/return/pay_x',
      paymentMethod: { type: 'scheme', storedPaymentMethodId: 'stored_1' },
      shopperReference: 'shopper',
      shopperInteraction: 'ContAuth',
      recurringProcessingModel: 'CardOnFile',
      channel: 'Web',
      authenticationData: { threeDSRequestData: { nativeThreeDS: 'disabled' } },
      additionalData: { manualCapture: 'true' },
      metadata: { payment: 'pay_x' },
    },
  ]);
});

test('without a place to come back to nobody is sent to a challenge; a token may be the method alone', () => {
  const [, body] = sent(adyen.request({ ...authorize, returnUrl: null, token: 'stored_1' }, account));
  assert.deepEqual(body.authenticationData, { attemptAuthentication: 'never' });
  assert.equal(body.returnUrl, 'https://no-return.invalid/');
  assert.equal('shopperReference' in body, false);
  assert.equal(body.paymentMethod.storedPaymentMethodId, 'stored_1');
});

test('captures, cancels and refunds name the payment by its pspReference; a stop by our own reference', () => {
  const amount = { currency: 'EUR', value: 1999 };
  const names = { merchantAccount: 'ShopECOM', reference: 'op_x_2' };
  assert.deepEqual(sent(adyen.request(capture, account)), ['/payments/PSP1/captures', { amount, ...names }]);
  assert.deepEqual(sent(adyen.request(refund, account)), ['/payments/PSP1/refunds', { amount, ...names }]);
  assert.deepEqual(sent(adyen.request(cancel, account)), ['/payments/PSP1/cancels', names]);
  assert.deepEqual(sent(adyen.request(stop, account)), ['/cancels', { ...names, paymentReference: 'op_x_1' }]);
});

const UNITS: readonly [Currency, bigint, number | null][] = [
  ['EUR', 1999n, 1999],
  ['JPY', 500n, 500],
  ['BHD', 1234n, 1234],
  ['CLP', 500n, 50_000],
  ['ISK', 500n, 50_000],
  ['IDR', 150_000n, 1500],
  ['IDR', 150_050n, null],
  ['CVE', 100n, 1],
  ['CVE', 1n, null],
];

for (const [currency, amountMinor, units] of UNITS)
  test(`${amountMinor} minor units of ${currency} are ${units ?? 'not to be said'}`, () => {
    const operation = { ...authorize, currency, amountMinor };
    assert.equal(adyen.takes(operation), units !== null);
    assert.equal(adyen.takes({ ...operation, kind: 'void' }), true);
    if (units === null) return assert.throws(() => adyen.request(operation, account));
    assert.equal(sent(adyen.request(operation, account))[1].amount.value, units);
    const told = read(operation, { ...approved, amount: { currency, value: units } });
    assert.deepEqual('amountMinor' in told && [told.amountMinor, told.currency], [amountMinor, currency]);
    return undefined;
  });

test('an amount that we have no unit for is not rounded: nothing is certain', () => {
  for (const amount of [
    { currency: 'CLP', value: 50_001 },
    { currency: 'XXX', value: 1 },
    { currency: 'EUR', value: 1.5 },
    { currency: 'EUR', value: '1' },
    { value: 1 },
  ]) {
    assert.equal(read(authorize, { ...approved, amount }).outcome, 'unknown');
    assert.equal(read(capture, { ...receivedOf(capture), amount }, 201).outcome, 'unknown');
    assert.equal(notice({ amount })?.outcome.outcome, 'unknown');
  }
});

test('what was authorised is held, whole or in part; where the amount is not told, it is not made up', () => {
  const seen = { amountMinor: 1999n, currency: 'EUR', providerReference: 'PSP1', providerVersion: null };
  assert.deepEqual(read(authorize, approved), { outcome: 'succeeded', capturedMinor: 0n, ...seen });
  const part = { ...approved, resultCode: 'PartiallyAuthorised', amount: { currency: 'EUR', value: 900 } };
  assert.deepEqual(read(authorize, part), { outcome: 'succeeded', capturedMinor: 0n, ...seen, amountMinor: 900n });
  const { amount: _, ...untold } = approved;
  assert.deepEqual(read(authorize, untold), {
    outcome: 'succeeded',
    capturedMinor: 0n,
    ...seen,
    amountMinor: null,
    currency: null,
  });
  assert.equal(read(authorize, { ...untold, resultCode: 'PartiallyAuthorised' }).outcome, 'unknown');
  assert.equal(read(authorize, { ...approved, pspReference: null }).outcome, 'unknown');
  assert.equal(read(authorize, { ...approved, merchantReference: 'op_y_1' }).outcome, 'unknown');
  assert.equal(read(authorize, approved, 202).outcome, 'unknown');
});

test('a refusal says why in our words; a word of its own keeps its code', () => {
  const refused = { ...approved, resultCode: 'Refused', refusalReason: 'Not enough balance', refusalReasonCode: '12' };
  const said = read(authorize, refused);
  assert.deepEqual(said.outcome === 'declined' && [said.code, said.providerCode, said.message], [
    'insufficient_funds',
    '12',
    'Not enough balance',
  ]);
  const of = (fields: object) => {
    const outcome = read(authorize, { ...refused, ...fields });
    return outcome.outcome === 'declined' ? outcome : assert.fail(outcome.outcome);
  };
  assert.equal(of({ refusalReasonCode: '9999' }).code, 'unknown');
  assert.equal(of({ refusalReasonCode: 12 }).code, 'unknown');
  assert.equal(of({ resultCode: 'Cancelled' }).code, 'canceled');
  assert.equal(of({ resultCode: 'Error', refusalReasonCode: '4' }).code, 'processing_error');
});

test('a customer can follow a link, and no other action', () => {
  const action = { type: 'redirect', method: 'GET', url: 'https://issuer.example' };
  const asked = { resultCode: 'RedirectShopper', action };
  const said = read(authorize, asked);
  assert.equal(said.outcome === 'requires_action' && said.redirectUrl, 'https://issuer.example');
  const early = read(authorize, { ...asked, pspReference: 'PSP0' });
  assert.equal(early.outcome === 'requires_action' && early.providerReference, null, 'its result may bear another one');
  for (const other of [
    undefined,
    { ...action, method: 'POST' },
    { ...action, type: 'threeDS2' },
    { ...action, url: undefined },
  ])
    assert.equal(read(authorize, { ...asked, action: other }).outcome, 'unknown');
});

test('what is received is pending, if it is about this very operation', () => {
  const said = read(capture, receivedOf(capture), 201);
  assert.deepEqual(said, {
    outcome: 'pending',
    amountMinor: 1999n,
    currency: 'EUR',
    providerReference: 'MOD1',
    providerVersion: null,
  });
  for (const wrong of [{ status: 'done' }, { paymentPspReference: 'PSP2' }, { reference: 'op_x_3' }])
    assert.equal(read(refund, { ...receivedOf(refund), ...wrong }, 201).outcome, 'unknown');
  const stopped = { status: 'received', paymentReference: 'op_x_1', reference: 'op_x_2', pspReference: 'MOD2' };
  assert.equal(read(stop, stopped, 201).outcome, 'pending');
  assert.equal(read(stop, { ...stopped, paymentReference: 'op_x_9' }, 201).outcome, 'unknown');
});

test('only what Adyen explicitly did not do is rejected; of a resend, not even that', () => {
  const error = { status: 422, errorCode: '101', errorType: 'validation', message: 'Invalid card number' };
  const said = read(authorize, error, 422);
  assert.deepEqual(said.outcome === 'rejected' && [said.providerCode, said.message], ['101', 'Invalid card number']);
  assert.equal(read(authorize, error, 422, { 'transient-error': 'true' }).outcome, 'unknown');
  assert.equal(read(authorize, { ...error, errorCode: '704' }, 422).outcome, 'unknown');
  assert.equal(read(authorize, { ...error, errorType: 'internal' }, 422).outcome, 'unknown');
  assert.equal(read(authorize, error, 409).outcome, 'unknown');
  assert.equal(read(authorize, error, 500).outcome, 'unknown');
  assert.equal(read(authorize, error, 451).outcome, 'unknown');
  const later = (body: object, status: number) =>
    adyen.inquiry.readResent(authorize, { status, headers: {}, body: JSON.stringify(body) });
  assert.deepEqual(later(error, 422), { outcome: 'unknown', reason: 'refused: 101' });
  assert.equal(later({ errorType: 'security', errorCode: null }, 401).outcome, 'unknown');
  assert.equal(later(approved, 200).outcome, 'succeeded');
});

test('what a customer came back with is handed on, and nothing else of it', () => {
  const request = adyen.completion.request(authorize, { redirectResult: 'r'.repeat(20), payment: 'pay_y' }, account);
  assert.ok(request !== null);
  assert.deepEqual(sent(request), ['/payments/details', { details: { redirectResult: 'r'.repeat(20) } }]);
  assert.equal(request.headers['idempotency-key'], 'key-1');
  for (const parameters of [{}, { redirectResult: '' }, { redirectResult: 'r'.repeat(20_001) }, { MD: 'x' }])
    assert.equal(adyen.completion.request(authorize, parameters as Record<string, string>, account), null);
  const madeUp = JSON.stringify({ errorType: 'validation', errorCode: '101', status: 422 });
  assert.equal(adyen.completion.read(authorize, { status: 422, headers: {}, body: madeUp }).outcome, 'unknown');
});

test('what another payment was given counts for nothing here: an answer must name this one', () => {
  const completed = (body: object) =>
    adyen.completion.read(authorize, { status: 200, headers: {}, body: JSON.stringify(body) }).outcome;
  const { merchantReference: _, ...nameless } = { merchantReference: '', ...approved };
  const named = { ...nameless, merchantReference: authorize.reference };
  assert.equal(completed(named), 'succeeded');
  assert.equal(completed({ ...named, resultCode: 'Refused' }), 'declined');
  for (const resultCode of ['Authorised', 'Refused', 'Pending'])
    assert.equal(completed({ ...nameless, resultCode }), 'unknown', resultCode);
  assert.equal(completed({ ...named, merchantReference: 'op_y_1' }), 'unknown');
});

test('the form: the address of a live account is its own', () => {
  const credentials = { api_key: 'AQEyhmfxK4PJaBZEw0m_k', hmac_key: HMAC_KEY };
  const settings = { merchant_account: 'ShopECOM', live_url_prefix: '1797a841fbb37ca7-Shop' };
  assert.deepEqual(problemsOf(adyen.account, { credentials, settings }, new Set()), []);
  const url = (told: object) => adyen.account.baseUrl(settingsOf(adyen.account, told as Record<string, unknown>));
  assert.equal(url(settings), 'https://1797a841fbb37ca7-Shop-checkout-live.adyenpayments.com/checkout/v72');
  assert.equal(url({ merchant_account: 'ShopECOM' }), 'https://checkout-test.adyen.com/v72');
  for (const prefix of ['', 'a', 'evil.example/#-x', 'a-b.c'])
    assert.equal(
      problemsOf(adyen.account, { credentials, settings: { ...settings, live_url_prefix: prefix } }, new Set()).length,
      1,
      prefix,
    );
});

const now = Date.parse('2026-01-02T03:04:05Z');
const item = {
  pspReference: 'MOD1',
  originalReference: 'PSP1',
  merchantAccountCode: 'ShopECOM',
  merchantReference: 'op_x_2',
  amount: { currency: 'EUR', value: 1999 },
  eventCode: 'CAPTURE',
  eventDate: '2026-01-02T04:04:05+01:00',
  success: 'true',
};
type Changes = { [field in keyof typeof item | 'additionalData' | 'reason']?: unknown };

function deliver(...items: readonly object[]): string {
  return JSON.stringify({ live: 'false', notificationItems: items.map((each) => ({ NotificationRequestItem: each })) });
}

function notice(changes: Changes = {}) {
  return adyen.webhooks.read(deliver({ ...item, ...changes }));
}

function sign(changes: Changes = {}, key = HMAC_KEY) {
  const signed: Record<string, unknown> = { ...item, ...changes };
  const { value = '', currency = '' } = (signed['amount'] ?? {}) as Record<string, unknown>;
  const text = [
    signed['pspReference'],
    signed['originalReference'],
    signed['merchantAccountCode'],
    signed['merchantReference'],
    value,
    currency,
    signed['eventCode'],
    signed['success'],
  ].join(':');
  const hmacSignature = createHmac('sha256', Buffer.from(key, 'hex')).update(text).digest('base64');
  return { ...signed, additionalData: { hmacSignature } };
}

test('a delivery is genuine when every item of it is, for this merchant account and about now', () => {
  const genuine = (...items: readonly object[]) =>
    adyen.webhooks.isGenuine({ headers: {}, body: deliver(...items) }, account, now);
  assert.equal(genuine(sign()), true);
  assert.equal(genuine(sign({}, 'b2'.repeat(32))), true, 'the former key, while it is good');
  assert.equal(genuine(sign({ originalReference: undefined, amount: undefined })), true, 'what is absent is empty');
  assert.equal(genuine(sign(), sign({ pspReference: 'MOD2' })), true);
  assert.equal(genuine(sign(), { ...item, pspReference: 'MOD2' }), false, 'a second one that nobody signed');
  assert.equal(genuine({ ...sign(), success: 'false' }), false, 'tampered');
  assert.equal(genuine(sign({}, 'c3'.repeat(32))), false, 'another key');
  assert.equal(genuine(sign({}, '')), false, 'an empty key is nobody’s');
  assert.equal(genuine(sign({ merchantAccountCode: 'OtherECOM' })), false, 'of another merchant account');
  assert.equal(genuine(sign({ eventDate: '2026-01-02T04:10:05+01:00' })), false, 'from the future');
  assert.equal(genuine(sign({ pspReference: ['MOD1'] })), false, 'a list that is joined to the same text');
  assert.equal(genuine(), false);
  for (const body of ['', '{}', '[]', '{"notificationItems":[null]}', '{"notificationItems":{}}'])
    assert.equal(adyen.webhooks.isGenuine({ headers: {}, body }, account, now), false);
  const keyless = { ...account, credentials: { ...account.credentials, hmac_key: [secret('zz')] } };
  assert.equal(adyen.webhooks.isGenuine({ headers: {}, body: deliver(sign({}, '')) }, keyless, now), false);
});

test('an event names the operation, the payment and what was done', () => {
  assert.deepEqual(notice({ additionalData: { 'metadata.payment': 'pay_x' } }), {
    id: 'MOD1 CAPTURE true 2026-01-02T04:04:05+01:00',
    kind: 'capture',
    reference: 'op_x_2',
    payment: 'pay_x',
    targetReference: 'PSP1',
    outcome: {
      outcome: 'succeeded',
      capturedMinor: 1999n,
      amountMinor: 1999n,
      currency: 'EUR',
      providerReference: 'MOD1',
      providerVersion: now,
    },
  });
  const authorised = notice({ eventCode: 'AUTHORISATION', originalReference: undefined });
  assert.deepEqual(
    [authorised?.kind, authorised?.targetReference, authorised?.outcome.outcome],
    ['authorize', null, 'succeeded'],
  );
  const voided = notice({ eventCode: 'CANCELLATION' });
  assert.ok(voided?.outcome.outcome === 'succeeded');
  assert.deepEqual([voided.kind, voided.outcome.amountMinor], ['void', null]);
});

test('what failed later is newer than what it was, and what is done again is newer than that', () => {
  const versionOf = (changes: Changes) => {
    const outcome = notice(changes)?.outcome;
    return outcome !== undefined && 'providerVersion' in outcome ? (outcome.providerVersion ?? 0) : 0;
  };
  const failed = { eventCode: 'CAPTURE_FAILED' };
  assert.equal(notice(failed)?.outcome.outcome, 'reversed');
  assert.ok(versionOf(failed) > versionOf({}), 'in the same second');
  const again = { eventDate: '2026-01-02T04:04:06+01:00', reason: 'Transaction Recaptured' };
  assert.ok(versionOf(again) > versionOf(failed));
  assert.notEqual(notice(again)?.id, notice()?.id, 'it is another event');
});

test('a refusal by webhook says why, in words', () => {
  const declined = (changes: Changes) => {
    const outcome = notice({ success: 'false', ...changes })?.outcome;
    assert.ok(outcome?.outcome === 'declined');
    return [outcome.code, outcome.providerCode, outcome.message];
  };
  const refused = { eventCode: 'AUTHORISATION', reason: 'Not enough balance' };
  assert.deepEqual(declined(refused), ['insufficient_funds', '12', 'Not enough balance']);
  assert.deepEqual(declined({ ...refused, additionalData: { refusalReasonCode: '6' } })[0], 'expired_card');
  assert.deepEqual(declined({ ...refused, reason: undefined }), ['unknown', null, null]);
  assert.deepEqual(declined({ reason: 'Insufficient balance on payment' })[0], 'processing_error');
  const closed = notice({ eventCode: 'OFFER_CLOSED' })?.outcome;
  assert.equal(closed?.outcome === 'declined' && closed.code, 'canceled');
});

test('what is not clear is kept: other words, no time, several at once, a failure that failed', () => {
  for (const changes of [{ success: 'yes' }, { success: true }, { eventDate: 'yesterday' }, { eventDate: undefined }])
    assert.equal(notice(changes)?.outcome.outcome, 'unknown');
  for (const eventCode of ['CAPTURE_FAILED', 'REFUND_FAILED', 'REFUNDED_REVERSED', 'OFFER_CLOSED'])
    assert.equal(notice({ eventCode, success: 'false' })?.outcome.outcome, 'unknown');
  for (const changes of [{ eventCode: 'CHARGEBACK' }, { eventCode: 'novel' }, { eventCode: 7 }, { pspReference: null }])
    assert.equal(notice(changes), null);
  assert.equal(adyen.webhooks.read(deliver(item, item)), null);
  assert.equal(adyen.webhooks.isOther(deliver({ ...item, eventCode: 'REPORT_AVAILABLE' })), true);
  for (const body of [deliver(), deliver({ ...item, eventCode: 'CHARGEBACK' }), '{}', ''])
    assert.equal(adyen.webhooks.isOther(body), false);
});

test('of a cancel or a refund it says which it was', () => {
  const either = (action: string) =>
    notice({ eventCode: 'CANCEL_OR_REFUND', additionalData: { 'modification.action': action } });
  assert.equal(either('cancel')?.kind, 'void');
  assert.equal(either('refund')?.kind, 'refund');
  assert.equal(either('both'), null);
});

test('a delivery of several is told apart, one by one; one of one stays as it came', () => {
  const [first, second] = [sign(), sign({ pspReference: 'MOD2' })];
  const body = deliver(first, second);
  assert.deepEqual(adyen.webhooks.split(body), [deliver(first), deliver(second)]);
  for (const one of [`${deliver(first)} `, '{}', '<html>']) assert.deepEqual(adyen.webhooks.split(one), [one]);
});

test('every text of a refusal has a code that is known', () => {
  for (const [text, code] of Object.entries(REFUSAL_TEXTS)) assert.ok(Object.hasOwn(REFUSALS, code), text);
});

function receivedOf({ reference, targetReference }: OperationRequest) {
  const amount = { currency: 'EUR', value: 1999 };
  return { status: 'received', pspReference: 'MOD1', paymentPspReference: targetReference, reference, amount };
}
