import assert from 'node:assert/strict';
import test from 'node:test';
import { secret } from '#core/kit/secret.ts';
import type { OperationRequest, Provider, ProviderAccount } from '#core/provider/port.ts';
import { template } from './provider.ts';

// What the kit can't know: the odd answers of this provider. Everything else is in test/conformance.
const account: ProviderAccount = {
  id: 'a',
  provider: 'template',
  baseUrl: template.account.baseUrl({}) ?? '',
  credentials: { api_key: [secret('key')], webhook_secret: [secret('whsec')] },
  settings: {},
  timing: template.account.timing,
};
const authorize: OperationRequest = {
  kind: 'authorize',
  reference: `op_${'0'.repeat(32)}_1`,
  payment: `pay_${'0'.repeat(32)}`,
  amountMinor: 1000n,
  currency: 'EUR',
  captures: true,
  final: false,
  stops: false,
  token: 'tok',
  returnUrl: null,
  targetReference: null,
  targetOwnReference: null,
  idempotencyKey: 'key',
};

test('nothing is certain before somebody has read the description', () => {
  const asked = { sentAt: 0, after: null };
  for (const { url } of [template.request(authorize, account), template.inquiry.request(authorize, account, asked)])
    assert.ok(url.startsWith(account.baseUrl));
  for (const status of [200, 400, 500]) {
    for (const body of ['', '{}', '{"status":"succeeded"}']) {
      const response = { status, headers: {}, body };
      const outcomes = [template.read(authorize, response), template.inquiry.read(authorize, response)];
      assert.ok(outcomes.every(({ outcome }) => outcome === 'unknown'));
    }
  }
});

test('no webhook is genuine, read or forgotten yet', () => {
  const { isGenuine, read, isOther }: Provider['webhooks'] = template.webhooks;
  const body = '{"id":"e","type":"a"}';
  assert.deepEqual([isGenuine({ headers: {}, body }, account, 0), read(body), isOther(body)], [false, null, false]);
});
