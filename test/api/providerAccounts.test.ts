import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test, { after, before, describe } from 'node:test';
import { createSimulator } from '#simulator/simulator.ts';
import { type Api, type Reply, startApi, tokenOf, until, type Wire } from './harness.ts';

/** Accounts of merchants at two providers of their own: simulators on this machine that know nothing of the platform's. */

const KEYS = { north: 'key_north', south: 'key_south_of_twenty_four_characters_wxyz' };
const SECRETS = { north: 'north_secret_1', south: 'south_secret_1' };

let api: Api;
let url: string;
const provider = createSimulator({
  file: ':memory:',
  accounts: Object.entries(KEYS).map(([id, apiKey]) => ({ id, apiKey })),
});
before(async () => {
  url = await provider.listen(0);
  api = await startApi();
});
after(async () => {
  await api.stop();
  await provider.close();
});

const put = (name: string, body: object, headers = {}) =>
  api.call('PUT', `/v1/provider_accounts/${name}`, { body, headers });
const accountOf = (place: 'north' | 'south', changes: object = {}) => ({
  provider: 'simulator',
  credentials: { api_key: KEYS[place], webhook_secret: SECRETS[place] },
  base_url: url,
  ...changes,
});
const withTokens = (...tokens: readonly object[]) => ({ payment_method: { type: 'card', tokens } });
const payBy = (method: object, fields: object = {}) =>
  api.post('/v1/payments', { amount: 1000, currency: 'EUR', ...method, ...fields });
const routeOf = ({ body }: Reply) =>
  body.operations.map((operation: Wire) => [operation.type, operation.provider_account]);
const pointersOf = ({ body }: Reply) => body.errors.map(({ pointer }: Wire) => pointer);
const problemOf = ({ status, body }: Reply) => [status, body.code];

describe('before a merchant has an account of its own', () => {
  test('it pays through the one that comes with the local mode, and has none to list', async () => {
    const paid = await api.pay('tok_approved');
    assert.deepEqual([paid.body.status, routeOf(paid)], ['succeeded', [['authorize', 'simulator']]]);
    assert.deepEqual((await api.get('/v1/provider_accounts')).body.data, []);
    assert.deepEqual(problemOf(await api.get('/v1/provider_accounts/simulator')), [404, 'provider_account_not_found']);
  });
});

describe('with accounts of its own', () => {
  let north: Wire;
  let south: Wire;

  test('an account is put under a name; credentials are never shown', async () => {
    const made = await put('north', accountOf('north'));
    assert.equal(made.status, 201);
    north = made.body;
    assert.equal(made.headers.get('location'), `/v1/provider_accounts/${north.id}`);
    assert.equal(north.webhook_url, `${api.url}/providers/simulator/webhooks/${north.id}`);
    south = (await put('south', accountOf('south', { priority: 200 }))).body;
    assert.equal(south.credentials.api_key.last4, 'wxyz');
    assert.equal((await put('north', accountOf('north'))).status, 200);
    const shown = await Promise.all(
      ['/north', `/${north.id}`, ''].map((path) => api.get(`/v1/provider_accounts${path}`)),
    );
    assert.deepEqual(shown[0]?.body, shown[1]?.body);
    assert.deepEqual(
      shown[2]?.body.data.map(({ name }: Wire) => name),
      ['north', 'south'],
    );
    const text = JSON.stringify([north, south, shown]) + api.logged.join('');
    for (const secret of [...Object.values(KEYS), ...Object.values(SECRETS)]) assert.ok(!text.includes(secret), secret);
  });

  test('what is wrong is said by its pointer', async () => {
    const wrong = async (body: object, name = 'wrong') => {
      const reply = await put(name, body);
      return [...problemOf(reply), ...pointersOf(reply)];
    };
    const invalid = [422, 'provider_account_invalid'];
    assert.deepEqual(await wrong({ provider: 'simulator' }), [
      ...invalid,
      '/credentials/api_key',
      '/credentials/webhook_secret',
    ]);
    assert.deepEqual(await wrong(accountOf('north', { provider: 'unheard_of' })), [...invalid, '/provider']);
    assert.deepEqual(await wrong(accountOf('north', { settings: { region: 'eu' } })), [...invalid, '/settings/region']);
    assert.deepEqual(await wrong(accountOf('north', { base_url: 'http://169.254.169.254' })), [
      ...invalid,
      '/base_url',
    ]);
    assert.deepEqual(await wrong(accountOf('north'), 'Wrong'), [...invalid, 'account']);
    assert.deepEqual(await wrong(accountOf('north'), 'simulator'), [409, 'provider_account_reserved']);
    assert.deepEqual(await wrong(accountOf('north', { secret: 'x' })), [400, 'request_malformed', '/secret']);
    const number = accountOf('north', { credentials: { api_key: 7 } });
    assert.deepEqual(await wrong(number), [400, 'request_malformed', '/credentials/api_key']);
    assert.deepEqual(problemOf(await put(`pa_${'0'.repeat(32)}`, accountOf('north'))), [
      404,
      'provider_account_not_found',
    ]);
  });

  test('the short form goes to the first of them; tokens to the first that has one; follow-ups where it went', async () => {
    const short = await api.pay('tok_approved', { capture: 'manual' });
    assert.deepEqual(routeOf(short), [['authorize', north.id]]);
    const named = await payBy(withTokens({ provider: 'simulator', account: 'south', token: 'tok_approved' }), {
      capture: 'manual',
    });
    assert.deepEqual(routeOf(named), [['authorize', south.id]]);
    assert.deepEqual(named.body.payment_method.tokens, [
      { provider: 'simulator', account: 'south', token: 'tok_approved' },
    ]);
    const captured = await api.post(`/v1/payments/${named.body.id}/capture`, {});
    assert.deepEqual(routeOf(captured).at(-1), ['capture', south.id]);
    const unnamed = await payBy(withTokens({ provider: 'simulator', token: 'tok_approved' }));
    assert.deepEqual([unnamed.body.status, routeOf(unnamed)], ['succeeded', [['authorize', north.id]]]);
    const shared = await payBy(withTokens({ provider: 'simulator', account: 'simulator', token: 'tok_approved' }));
    assert.deepEqual(routeOf(shared), [['authorize', 'simulator']]);
  });

  test('the next attempt takes the next account that has a token', async () => {
    const tokens = [south.id, north.id].map((account, at) => ({
      provider: 'simulator',
      account,
      token: at === 0 ? 'tok_approved' : 'tok_insufficient_funds',
    }));
    const declined = await payBy(withTokens(...tokens));
    assert.deepEqual([declined.body.status, routeOf(declined)], ['requires_payment_method', [['authorize', north.id]]]);
    const paid = await api.post(`/v1/payments/${declined.body.id}/confirm`, withTokens(...tokens));
    assert.deepEqual([paid.body.status, routeOf(paid).at(-1)], ['succeeded', ['authorize', south.id]]);
  });

  test('tokens are for accounts of the merchant’s own, and well-formed', async () => {
    const authorization = `Bearer ${await tokenOf(api.clients.otherMerchant)}`;
    const theirs = (await put('north', accountOf('north'), { authorization })).body;
    assert.notEqual(theirs.id, north.id);
    const good = { provider: 'simulator', account: 'north', token: 'tok_approved' };
    for (const strange of [
      { ...good, account: theirs.id },
      { ...good, account: 'nobody' },
      { ...good, provider: 'unheard_of' },
      { ...good, provider: 'unheard_of', account: null },
    ]) {
      const reply = await payBy(withTokens(good, strange));
      assert.deepEqual(
        [...problemOf(reply), ...pointersOf(reply)],
        [422, 'token_account_unknown', '/payment_method/tokens/1'],
      );
    }
    for (const method of [
      { type: 'card' },
      { type: 'card', token: 'tok', tokens: [good] },
      { type: 'card', tokens: [] },
      { type: 'card', tokens: [good, good] },
      { type: 'card', tokens: [{ ...good, cvc: '1' }] },
    ])
      assert.equal((await payBy({ payment_method: method })).body.code, 'request_malformed', JSON.stringify(method));
    for (const method of ['GET', 'DELETE'])
      assert.deepEqual(problemOf(await api.call(method, `/v1/provider_accounts/${theirs.id}`)), [
        404,
        'provider_account_not_found',
      ]);
  });

  test('credentials are rotated without a restart: the next payment has the new ones', async () => {
    await put('north', accountOf('north', { credentials: { api_key: 'wrong_key' } }));
    const refused = await api.pay('tok_approved');
    assert.deepEqual([refused.body.status, refused.body.last_error.code], ['requires_payment_method', 'rejected']);
    const rotated = await put('north', accountOf('north', { credentials: { api_key: KEYS.north } }));
    assert.ok(rotated.body.credentials_updated_at > north.credentials_updated_at);
    assert.equal((await api.pay('tok_approved')).body.status, 'succeeded');
  });

  test('a webhook is proven by the account’s own secret; the former one is good for as long as was asked', async () => {
    let events = 0;
    const tell = async (secret: string, account = north.id) => {
      events += 1;
      const body = JSON.stringify({ id: `evt_${events}`, type: 'charge.updated', data: { object: 'charge', id: 'x' } });
      const at = Math.floor(Date.now() / 1000);
      const v1 = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
      const headers = { 'simulator-signature': `t=${at},v1=${v1}` };
      return (await api.call('POST', `/providers/simulator/webhooks/${account}`, { body, headers })).status;
    };
    assert.deepEqual([await tell(SECRETS.north), await tell(SECRETS.south), await tell('nonsense')], [200, 401, 401]);
    const rotate = (secret: string, overlap: number) =>
      put('north', accountOf('north', { credentials: { webhook_secret: secret }, overlap_seconds: overlap }));
    const { body } = await rotate('north_secret_2', 3600);
    assert.ok(Date.parse(body.credentials.webhook_secret.former_until) > Date.now());
    assert.deepEqual([await tell('north_secret_2'), await tell(SECRETS.north)], [200, 200]);
    await rotate('north_secret_2', 0);
    assert.deepEqual([await tell('north_secret_2'), await tell(SECRETS.north)], [200, 401]);
    assert.equal(await tell('north_secret_2', `pa_${'0'.repeat(32)}`), 404);
  });

  test('a webhook of one account does not touch a payment of another', async () => {
    const held = await payBy(withTokens({ provider: 'simulator', account: 'south', token: 'tok_approved' }), {
      capture: 'manual',
    });
    const [operation] = held.body.operations;
    const data = {
      object: 'charge',
      id: operation.provider_reference,
      reference: operation.id,
      status: 'succeeded',
      amount: 1000,
      amount_authorized: 1000,
      currency: 'EUR',
      version: 99,
      decline_code: null,
      redirect_url: null,
      captures: [{ object: 'capture', source: 'charge', status: 'succeeded', amount: 1000 }],
      metadata: { payment: held.body.id },
    };
    const body = JSON.stringify({ id: 'evt_crossed', type: 'charge.updated', data });
    const at = Math.floor(Date.now() / 1000);
    const v1 = createHmac('sha256', 'north_secret_2').update(`${at}.${body}`).digest('hex');
    const headers = { 'simulator-signature': `t=${at},v1=${v1}` };
    const kept = await api.call('POST', `/providers/simulator/webhooks/${north.id}`, { body, headers });
    assert.equal(kept.status, 200);
    const item = await until(async () => {
      const { body: page } = await api.get('/v1/quarantine');
      return page.data.find(({ account, reason }: Wire) => account === north.id && reason === 'account_mismatch');
    });
    assert.equal(item.provider, 'simulator');
    assert.equal((await api.get(`/v1/payments/${held.body.id}`)).body.status, 'requires_capture');
  });

  test('one that is switched off takes nothing new, and nothing goes elsewhere instead', async () => {
    await put('south', accountOf('south', { enabled: false }));
    const tokens = withTokens({ provider: 'simulator', account: 'south', token: 'tok_approved' });
    assert.deepEqual(problemOf(await payBy(tokens)), [422, 'no_provider_account']);
    await put('north', accountOf('north', { credentials: {}, enabled: false }));
    assert.deepEqual(problemOf(await api.pay('tok_approved')), [422, 'no_provider_account']);
    await put('north', accountOf('north', { credentials: {} }));
    assert.deepEqual(problemOf(await api.pay('tok_approved')), [422, 'no_provider_account'], 'it is still off');
    await put('north', accountOf('north', { credentials: {}, enabled: true }));
  });

  test('a deleted one follows up what it took, and takes nothing new', async () => {
    const held = await api.pay('tok_approved', { capture: 'manual' });
    assert.deepEqual(routeOf(held), [['authorize', north.id]]);
    for (const name of ['north', 'south'])
      assert.equal((await api.call('DELETE', `/v1/provider_accounts/${name}`)).body.status, 'deleted');
    assert.deepEqual((await api.get('/v1/provider_accounts')).body.data, []);
    assert.equal((await api.get(`/v1/provider_accounts/${north.id}`)).body.status, 'deleted');
    const captured = await api.post(`/v1/payments/${held.body.id}/capture`, {});
    assert.deepEqual([captured.body.status, routeOf(captured).at(-1)], ['succeeded', ['capture', north.id]]);
    const refunded = await api.post(`/v1/payments/${held.body.id}/refunds`, { amount: 100 });
    assert.equal(refunded.body.status, 'succeeded');
    assert.deepEqual(routeOf(await api.pay('tok_approved')), [['authorize', 'simulator']]);
    const again = await put('north', accountOf('north'));
    assert.deepEqual([again.status, again.body.id], [201, north.id]);
  });
});
