import assert from 'node:assert/strict';
import test from 'node:test';
import { secret } from '#core/kit/secret.ts';
import { settingsOf } from '#core/provider/accountForm.ts';
import { capabilitiesOf } from '#core/provider/capabilities.ts';
import { PROVIDER_CONTRACT } from '#core/provider/contract.ts';
import type { OperationRequest, ProviderAccount } from '#core/provider/port.ts';
import { minorOf, unitsOf } from './amounts.ts';
import { stripe } from './provider.ts';

const TIMING = { connectMs: 1, sendWithinMs: 1, exchangeMs: 1000, propagationMs: 1 };
const account: ProviderAccount = {
  id: 'a',
  provider: 'stripe',
  baseUrl: 'https://api.stripe.example',
  credentials: { secret_key: [secret('sk_test_x')], webhook_secret: [secret('whsec_x')] },
  settings: { multicapture: 'no' },
  timing: TIMING,
};
const several: ProviderAccount = { ...account, settings: { multicapture: 'yes', connected_account: 'acct_1' } };

const PAYMENT = '7'.repeat(32);
const authorize: OperationRequest = {
  kind: 'authorize',
  reference: `op_${PAYMENT}_1`,
  payment: `pay_${PAYMENT}`,
  amountMinor: 1050n,
  currency: 'EUR',
  captures: true,
  final: false,
  stops: false,
  token: 'pm_card',
  returnUrl: 'https://shop.example/back?a=1&b=2',
  targetReference: null,
  targetOwnReference: null,
  idempotencyKey: 'key_1',
};
const follow = { ...authorize, targetReference: 'pi_1', captures: false, token: '', returnUrl: null };
const capture: OperationRequest = { ...follow, kind: 'capture', reference: `op_${PAYMENT}_12`, final: true };
const refund: OperationRequest = { ...follow, kind: 'refund', reference: `op_${PAYMENT}_3` };
const release: OperationRequest = { ...follow, kind: 'void', reference: `op_${PAYMENT}_4` };

for (const { name, run } of PROVIDER_CONTRACT) {
  test(`contract: ${name}`, () =>
    run({
      provider: stripe,
      account: several,
      operations: [authorize, capture, refund, release, { ...release, stops: true }],
      secrets: ['sk_test_x', 'pm_card', 'whsec_x'],
    }));
}

const fieldsOf = (operation: OperationRequest, of = account) => {
  const { method, url, headers, body } = stripe.request(operation, of);
  return { call: `${method} ${url}`, headers, fields: Object.fromEntries(new URLSearchParams(body ?? '')) };
};

test('an authorisation is created and confirmed in one call, for cards alone', () => {
  const { call, headers, fields } = fieldsOf(authorize);
  assert.equal(call, 'POST https://api.stripe.example/v1/payment_intents');
  assert.deepEqual(headers, {
    authorization: 'Bearer sk_test_x',
    'stripe-version': '2026-08-26.dahlia',
    'content-type': 'application/x-www-form-urlencoded',
    'idempotency-key': 'key_1',
  });
  assert.deepEqual(fields, {
    amount: '1050',
    currency: 'eur',
    confirm: 'true',
    capture_method: 'automatic',
    payment_method: 'pm_card',
    'payment_method_types[0]': 'card',
    return_url: 'https://shop.example/back?a=1&b=2',
    'metadata[reference]': authorize.reference,
    'metadata[payment]': authorize.payment,
  });
});

test('without a place to come back to, a challenge is a decline; several captures only where the contract has them', () => {
  const held = { ...authorize, captures: false, returnUrl: null };
  assert.equal(fieldsOf(held).fields['error_on_requires_action'], 'true');
  const multicapture = 'payment_method_options[card][request_multicapture]';
  assert.deepEqual(
    [
      fieldsOf(held).fields[multicapture],
      fieldsOf(held, several).fields[multicapture],
      fieldsOf(authorize, several).fields[multicapture],
    ],
    [undefined, 'if_available', undefined],
  );
  assert.equal(fieldsOf(held, several).headers['stripe-account'], 'acct_1');
  assert.deepEqual(
    [account, several].map((of) => capabilitiesOf(stripe, of).multipleCaptures),
    [false, true],
  );
  assert.deepEqual(settingsOf(stripe.account, {}), { multicapture: 'no' });
});

test('a capture leaves its mark on the intent; refunds and voids say what they are of', () => {
  const marked = { 'metadata[capture_12]': '1050', 'metadata[last_capture]': capture.reference };
  assert.deepEqual(fieldsOf(capture).fields, { amount_to_capture: '1050', ...marked });
  assert.deepEqual(fieldsOf(capture, several).fields, { amount_to_capture: '1050', final_capture: 'true', ...marked });
  assert.deepEqual(fieldsOf(refund).fields, {
    payment_intent: 'pi_1',
    amount: '1050',
    'metadata[reference]': refund.reference,
    'metadata[payment]': refund.payment,
  });
  assert.equal(fieldsOf(release).call, 'POST https://api.stripe.example/v1/payment_intents/pi_1/cancel');
  assert.match(
    stripe.request({ ...capture, targetReference: 'pi/../1' }, account).url,
    /payment_intents\/pi%2F\.\.%2F1\/capture$/,
  );
});

test('amounts: ISK and UGX with two decimals, MGA with none, the others as ISO has them; nothing is rounded', () => {
  const rows = [
    [500n, 'JPY', 500n],
    [5n, 'ISK', 500n],
    [5n, 'UGX', 500n],
    [500n, 'MGA', 5n],
    [501n, 'MGA', null],
    [1n, 'MGA', null],
    [1230n, 'KWD', 1230n],
    [1234n, 'KWD', null],
    [1999n, 'TWD', 1999n],
    [1999n, 'HUF', 1999n],
  ] as const;
  for (const [amountMinor, currency, units] of rows) {
    assert.equal(unitsOf(amountMinor, currency), units);
    assert.equal(stripe.takes({ ...authorize, amountMinor, currency }), units !== null);
    assert.equal(stripe.takes({ ...release, amountMinor, currency }), true, 'a void says no amount');
  }
  assert.deepEqual(minorOf(500n, 'isk'), { amountMinor: 5n, currency: 'ISK' });
  assert.deepEqual(minorOf(5n, 'mga'), { amountMinor: 500n, currency: 'MGA' });
  assert.equal(minorOf(501n, 'isk'), null, 'less than a króna');
  assert.equal(minorOf(5n, 'xyz'), null, 'no currency');
});

const intent = {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  amount: 1050,
  amount_received: 1050,
  amount_capturable: 0,
  currency: 'eur',
  capture_method: 'automatic',
  latest_charge: 'ch_1',
  last_payment_error: null,
  next_action: null,
  metadata: { reference: authorize.reference, payment: authorize.payment },
};
const held = {
  ...intent,
  status: 'requires_capture',
  capture_method: 'manual',
  amount_received: 0,
  amount_capturable: 1050,
};
const captured = {
  ...held,
  status: 'succeeded',
  amount_received: 1050,
  metadata: { ...intent.metadata, capture_12: '1050', last_capture: capture.reference },
};
const refunded = {
  id: 're_1',
  object: 'refund',
  status: 'succeeded',
  amount: 1050,
  currency: 'eur',
  payment_intent: 'pi_1',
  balance_transaction: 'txn_1',
  metadata: { reference: refund.reference, payment: refund.payment },
};

const response = (body: object, status = 200) => ({ status, headers: {}, body: JSON.stringify(body) });
const read = (operation: OperationRequest, body: object, status = 200) =>
  stripe.read(operation, response(body, status));
const ask = (operation: OperationRequest, body: object, status = 200) =>
  stripe.inquiry.read(operation, response(body, status));

test('what is authorised, taken at once, captured, voided and refunded', () => {
  const seen = { amountMinor: 1050n, currency: 'EUR', providerReference: 'pi_1', providerVersion: null };
  const nothing = { amountMinor: null, currency: null, providerReference: null, providerVersion: null };
  assert.deepEqual(read(authorize, intent), { outcome: 'succeeded', capturedMinor: 1050n, ...seen });
  assert.deepEqual(read(authorize, held), { outcome: 'succeeded', capturedMinor: 0n, ...seen });
  assert.deepEqual(read(authorize, captured), { outcome: 'succeeded', capturedMinor: 0n, ...seen });
  assert.deepEqual(read(capture, captured), {
    outcome: 'succeeded',
    capturedMinor: 1050n,
    ...seen,
    providerReference: null,
  });
  assert.deepEqual(read(release, { ...held, status: 'canceled' }), {
    outcome: 'succeeded',
    capturedMinor: 0n,
    ...nothing,
  });
  assert.deepEqual(read(refund, refunded), {
    outcome: 'succeeded',
    capturedMinor: 0n,
    ...seen,
    providerReference: 're_1',
  });
});

test('of several captures each is what the others leave of all that was received', () => {
  const metadata = { ...captured.metadata, capture_5: '300', capture_12: '750' };
  const amount = (received: number) => {
    const outcome = read(capture, { ...captured, amount_received: received, metadata });
    return 'amountMinor' in outcome ? outcome.amountMinor : outcome.outcome;
  };
  assert.deepEqual([amount(1050), amount(1049), amount(200)], [750n, 749n, 'unknown']);
  assert.equal(amount(1350), 750n, 'what the dashboard captured is told of by itself, and not twice');
  assert.equal(amount(300), 'unknown', 'a mark without money: a capture that was refused may have left it');
});

test('what was canceled had been held, was declined, or never got so far', () => {
  const canceled = { ...held, status: 'canceled', amount_capturable: 0 };
  assert.equal(read(authorize, canceled).outcome, 'succeeded', 'a charge and no error: it was held, and voided later');
  const never = read(authorize, { ...canceled, latest_charge: null, cancellation_reason: 'abandoned' });
  assert.ok(never.outcome === 'declined' && never.code === 'canceled' && never.providerCode === 'abandoned');
  const error = { code: 'card_declined', decline_code: 'lost_card', message: 'No.' };
  const declined = read(authorize, { ...canceled, last_payment_error: error });
  assert.ok(
    declined.outcome === 'declined' && declined.code === 'suspected_fraud' && declined.providerCode === 'lost_card',
  );
  assert.equal(read(authorize, { ...canceled, capture_method: 'automatic' }).outcome, 'unknown');
});

const UNCLEAR: readonly (readonly [string, OperationRequest, object])[] = [
  ['an intent without its id', authorize, { ...intent, id: null }],
  ['without a currency', authorize, { ...intent, currency: null }],
  ['without an amount', authorize, { ...intent, amount: null }],
  ['without what was received', authorize, { ...intent, amount_received: null }],
  ['another object', authorize, { ...intent, object: 'setup_intent' }],
  ['captured by nobody knows whom', authorize, { ...intent, capture_method: null }],
  ['declined without a reason', authorize, { ...intent, status: 'requires_payment_method' }],
  [
    'an action that is no redirect',
    authorize,
    { ...intent, status: 'requires_action', next_action: { type: 'use_stripe_sdk' } },
  ],
  ['a capture without its mark', capture, { ...captured, metadata: intent.metadata }],
  ['a capture without metadata', capture, { ...captured, metadata: null }],
  ['a capture that is under way', capture, { ...captured, status: 'processing' }],
  ['a capture of what takes all at once', capture, { ...captured, capture_method: 'automatic' }],
  ['a capture of an unknown currency', capture, { ...captured, currency: 'xyz' }],
  ['a void that left it held', release, held],
  ['a refund without an amount', refund, { ...refunded, amount: null }],
  ['another object for a refund', refund, { ...refunded, object: 'charge' }],
  ['a refund without a status', refund, { ...refunded, status: null }],
];
for (const [name, operation, body] of UNCLEAR)
  test(`not clear: ${name}`, () => assert.equal(read(operation, body).outcome, 'unknown'));

test('a refund that failed had been made, when its money came back', () => {
  const failed = { ...refunded, status: 'failed', failure_reason: 'insufficient_funds' };
  const [early, late] = [failed, { ...failed, failure_balance_transaction: 'txn_2' }].map((body) => read(refund, body));
  assert.ok(early?.outcome === 'declined' && early.code === 'insufficient_funds');
  assert.ok(late?.outcome === 'reversed' && late.providerCode === 'insufficient_funds');
  const canceled = read(refund, { ...refunded, status: 'canceled' });
  assert.ok(canceled.outcome === 'declined' && canceled.code === 'canceled');
});

test('an error tells of its intent, and an error that is none tells nothing', () => {
  const error = { type: 'card_error', code: 'expired_card', message: 'No.', payment_intent: { id: 'pi_1' } };
  const declined = read(authorize, { error }, 402);
  assert.ok(
    declined.outcome === 'declined' && declined.code === 'expired_card' && declined.providerReference === 'pi_1',
  );
  for (const body of [{}, { error: 'no' }, { error: {} }, { error: { type: 7 } }])
    assert.equal(read(authorize, body, 400).outcome, 'unknown');
});

const listed = (...data: readonly object[]) => ({ object: 'list', data, has_more: false });

test('inquiries list what was created around the time of sending; the next page begins after the last object', () => {
  const asked = { sentAt: 1_700_000_000_500, after: null };
  const url = (operation: OperationRequest, after: string | null = null) =>
    stripe.inquiry.request(operation, account, { ...asked, after }).url.replace('https://api.stripe.example/v1', '');
  const around = 'created[gte]=1699999990&created[lte]=1700000012&limit=100';
  assert.equal(url(authorize), `/payment_intents?${around}`);
  assert.equal(url(authorize, 'pi_9'), `/payment_intents?${around}&starting_after=pi_9`);
  assert.equal(url(refund), '/refunds?payment_intent=pi_1&limit=100');
  assert.deepEqual([url(capture), url(release)], ['/payment_intents/pi_1', '/payment_intents/pi_1']);
});

test('a list: ours, not ours, more of it, and no list', () => {
  const others = { ...intent, id: 'pi_2', metadata: { reference: 'op_other_1' } };
  const stray = { ...intent, id: 'pi_3', status: 'processing' };
  assert.equal(ask(authorize, listed(others, intent)).outcome, 'succeeded');
  assert.equal(ask(authorize, listed(stray, intent)).outcome, 'succeeded', 'of two, the one that moved money');
  assert.equal(ask(authorize, listed(stray)).outcome, 'pending');
  assert.equal(ask(authorize, listed(others)).outcome, 'not_found');
  assert.deepEqual(ask(authorize, { ...listed(others), has_more: true }), { outcome: 'more', after: 'pi_2' });
  assert.equal(ask(refund, listed(refunded)).outcome, 'succeeded');
  const strange = [{}, { ...listed(), has_more: true }, { ...listed(), has_more: null }, { ...listed(), data: ['x'] }];
  for (const body of strange) assert.equal(ask(authorize, body).outcome, 'unknown');
  assert.equal(ask(authorize, listed(intent), 404).outcome, 'unknown');
});

test('a capture or a void is asked for at the intent itself', () => {
  const outcomes = (operation: OperationRequest, bodies: readonly object[]) =>
    bodies.map((body) => ask(operation, body).outcome);
  assert.deepEqual(
    outcomes(capture, [
      captured,
      held,
      { ...held, status: 'canceled' },
      { ...held, status: 'processing' },
      { ...held, status: 'new' },
    ]),
    ['succeeded', 'not_found', 'not_found', 'unknown', 'unknown'],
  );
  assert.deepEqual(
    outcomes(release, [
      { ...held, status: 'canceled' },
      held,
      captured,
      { ...held, status: 'new' },
      { status: 'succeeded' },
    ]),
    ['succeeded', 'not_found', 'rejected', 'unknown', 'unknown'],
  );
});

const event = (type: string, object: unknown, id: string | null = 'evt_1') =>
  JSON.stringify({ id, type, created: 1_700_000_000, data: { object } });
const noticed = (type: string, object: unknown) => stripe.webhooks.read(event(type, object));

test('an intent tells of its authorisation, later of its last capture, and of what was captured in the dashboard', () => {
  const first = noticed('payment_intent.amount_capturable_updated', held);
  assert.deepEqual(
    [first?.kind, first?.reference, first?.payment],
    ['authorize', authorize.reference, authorize.payment],
  );
  const own = noticed('payment_intent.succeeded', captured);
  assert.deepEqual([own?.kind, own?.reference, own?.targetReference], ['capture', capture.reference, 'pi_1']);
  const foreign = noticed('payment_intent.succeeded', { ...captured, amount_received: 1500 });
  assert.deepEqual([foreign?.kind, foreign?.reference], ['capture', null]);
  assert.ok(foreign?.outcome.outcome === 'succeeded');
  assert.deepEqual([foreign.outcome.amountMinor, foreign.outcome.providerReference], [450n, 'ch_1']);
  const odd = { ...captured, metadata: { ...captured.metadata, last_capture: `op_${PAYMENT}_99` } };
  assert.equal(noticed('payment_intent.succeeded', odd)?.outcome.outcome, 'unknown');
  assert.equal(noticed('payment_intent.canceled', { ...captured, status: 'canceled' })?.kind, 'authorize');
});

test('Stripe’s time of an event is its version', () => {
  const outcome = noticed('refund.updated', refunded)?.outcome;
  assert.ok(outcome !== undefined && 'providerVersion' in outcome && outcome.providerVersion === 1_700_000_000);
});

test('a refund that was made and failed within a second has failed', () => {
  const versions = [refunded, { ...refunded, status: 'failed', failure_balance_transaction: 'txn_2' }].map((body) => {
    const outcome = noticed('refund.updated', body)?.outcome;
    return outcome !== undefined && 'providerVersion' in outcome ? outcome.providerVersion : null;
  });
  assert.deepEqual(versions, [1_700_000_000, 1_700_000_001]);
});

test('what releases a hold is no refund; a refund that expired with its hold is known to be none', () => {
  const freed = { ...refunded, metadata: {}, balance_transaction: null };
  assert.equal(noticed('refund.created', freed), null);
  assert.equal(stripe.webhooks.isOther(event('refund.created', freed)), false);
  assert.equal(
    stripe.webhooks.isOther(event('refund.created', { ...freed, reason: 'expired_uncaptured_charge' })),
    true,
  );
  assert.equal(noticed('refund.created', { ...refunded, metadata: {} })?.reference, null, 'made in the dashboard');
});

test('what is told elsewhere may be forgotten, everything else may not', () => {
  assert.equal(stripe.webhooks.isOther(event('charge.captured', { id: 'ch_1' })), true);
  for (const type of ['charge.dispute.created', 'customer.created', 'payment_intent.succeeded'])
    assert.equal(stripe.webhooks.isOther(event(type, { id: 'x' })), false);
  assert.equal(stripe.webhooks.read(event('refund.created', refunded, null)), null);
  for (const body of ['', '[]', '{"type":7}', '{"id":"e","type":"refund.created","data":{}}']) {
    assert.equal(stripe.webhooks.read(body), null);
    assert.equal(stripe.webhooks.isOther(body), false);
  }
});

test('an event of another connected account is not about this one, whatever its metadata says', () => {
  const of = (event: object, at = several) => stripe.webhooks.isOf(JSON.stringify({ id: 'evt_1', ...event }), at);
  assert.equal(of({ account: 'acct_1' }), true);
  assert.equal(of({}), true, 'of the account that has the endpoint');
  for (const account_ of ['acct_2', 7]) assert.equal(of({ account: account_ }), false);
  assert.equal(of({ account: 'acct_1' }, account), false, 'a connected account, and we are none');
});
