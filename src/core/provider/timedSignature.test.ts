import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { secret } from '#core/kit/secret.ts';
import { isTimedSignature } from './timedSignature.ts';

const NOW = 1_700_000_000_000;
const T = NOW / 1000;
const sign = (key: string, t = T, body = 'body') => createHmac('sha256', key).update(`${t}.${body}`).digest('hex');
const holds = (header: string | undefined, body = 'body') =>
  isTimedSignature(header, { body, secrets: [secret('new'), secret('former')], now: NOW });

test('one good signature is enough, with any of the secrets', () => {
  assert.equal(holds(`t=${T},v1=${sign('new')}`), true);
  assert.equal(holds(`t=${T},v1=${sign('former')}`), true);
  assert.equal(holds(`t=${T},v1=${sign('other')},v1=${sign('new')},v0=${sign('other')}`), true);
});

test('another body, secret, time, scheme or form is not good', () => {
  assert.equal(holds(`t=${T},v1=${sign('new')}`, 'other'), false);
  assert.equal(holds(`t=${T},v1=${sign('other')}`), false);
  assert.equal(holds(`t=${T},v0=${sign('new')}`), false);
  assert.equal(holds(`t=${T + 1},v1=${sign('new')}`), false);
  for (const off of [-301, 301]) assert.equal(holds(`t=${T + off},v1=${sign('new', T + off)}`), false);
  for (const off of [-299, 299]) assert.equal(holds(`t=${T + off},v1=${sign('new', T + off)}`), true);
  const strange = [
    undefined,
    '',
    't',
    't=',
    'v1=',
    `v1=${sign('new')}`,
    `t=${T}`,
    `t=${T},v1=zz`,
    `t=x,v1=${sign('new')}`,
  ];
  for (const header of strange) assert.equal(holds(header), false, header);
});

test('more signatures than anybody needs are not looked at', () => {
  const many = Array.from({ length: 8 }, () => `v1=${sign('other')}`).join(',');
  assert.equal(holds(`t=${T},${many},v1=${sign('new')}`), false);
});
