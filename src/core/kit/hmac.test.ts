import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { isHmacSha256 } from './hmac.ts';

const claim = (signature: string, encoding: 'hex' | 'base64' = 'hex') =>
  isHmacSha256({ key: 'k', message: 'm', signature, encoding });
const right = createHmac('sha256', 'k').update('m').digest();

test('the right signature passes in either encoding, anything else does not', () => {
  assert.equal(claim(right.toString('hex')), true);
  assert.equal(claim(right.toString('base64'), 'base64'), true);
  for (const wrong of [
    '',
    'zz',
    right.toString('hex').slice(2),
    `${right.toString('hex')}00`,
    createHmac('sha256', 'k').update('n').digest('hex'),
  ]) {
    assert.equal(claim(wrong), false);
  }
});
