import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { secret } from '#core/kit/secret.ts';
import { SECRET_BYTES, signedHeaders, webhookSecretOf } from './sign.ts';

test('the example of the specification’s own libraries is signed as they sign it', () => {
  const key = secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_999, body: '{"test": 2432232314}' };
  assert.deepEqual(signedHeaders(message, [key]), {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('each live secret signs, the newest first', () => {
  const secrets = [1, 2].map((byte) => webhookSecretOf(new Uint8Array(SECRET_BYTES).fill(byte)));
  const expected = [1, 2].map((byte) => {
    const hmac = createHmac('sha256', new Uint8Array(SECRET_BYTES).fill(byte)).update('a.1.ü').digest('base64');
    return `v1,${hmac}`;
  });
  assert.equal(signedHeaders({ id: 'a', at: 1000, body: 'ü' }, secrets)['webhook-signature'], expected.join(' '));
});

test('a secret is 24 to 64 bytes, in base64 after its prefix', () => {
  assert.equal(webhookSecretOf(new Uint8Array(24)).reveal(), `whsec_${'A'.repeat(32)}`);
  for (const bytes of [23, 65]) assert.throws(() => webhookSecretOf(new Uint8Array(bytes)));
});
