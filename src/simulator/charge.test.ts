import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeHtml, formatAmount } from './challengePage.ts';
import { addCapture, addRefund, approve, reverse } from './charge.ts';
import { decodeCharge, encodeCharge } from './codec.ts';
import { createDice } from './dice.ts';
import { type ChargeRecord, isRefusal } from './model.ts';
import { signWebhook } from './signature.ts';
import { approvedAmount, type Script, scriptOf } from './tokens.ts';

const STAMP = { now: 1_700_000_000_000, newId: (prefix: string) => `${prefix}1` };

function script(token: string): Script {
  const found = scriptOf(token);
  assert.ok(found);
  return found;
}

function record(more: Partial<ChargeRecord> = {}): ChargeRecord {
  const charge = {
    id: 'sim_1',
    reference: 'a "quoted" \u2028 one',
    status: 'pending' as const,
    amount: 999_999_999_999n,
    amountAuthorized: 0n,
    amountCaptured: 0n,
    amountRefunded: 0n,
    currency: 'EUR',
    declineCode: null,
    redirectUrl: null,
    metadata: { 'a"': '\n' },
    version: 1,
    captures: [],
    refunds: [],
    voids: [],
    createdAt: STAMP.now,
    updatedAt: STAMP.now,
  };
  return { charge, account: 'a', token: 'tok_approved', returnUrl: null, captureWanted: true, ...more };
}

test('a charge reads back as it was written', () => {
  const made = record();
  approve(made, script('tok_approved'), STAMP);
  addRefund(made, { reference: 'r', amount: 5n, source: 'api' }, STAMP);
  assert.deepEqual(decodeCharge(encodeCharge(made.charge)), made.charge);
});

test('a reversal gives back exactly what it was for, once', () => {
  const made = record();
  approve(made, script('tok_approved'), STAMP);
  const [capture] = made.charge.captures;
  assert.ok(capture);
  assert.equal(reverse(made.charge, capture, STAMP.now + 1), null);
  assert.equal(made.charge.amountCaptured, 0n);
  assert.equal(reverse(made.charge, capture, STAMP.now + 2)?.code, 'capture_not_reversible');
  assert.deepEqual([capture.version, made.charge.version], [2, 2]);
});

test('a refused capture changes nothing', () => {
  const made = record({ captureWanted: false });
  approve(made, script('tok_approved'), STAMP);
  const before = encodeCharge(made.charge);
  const asked = { reference: 'c', amount: made.charge.amount + 1n, source: 'api' as const };
  assert.ok(isRefusal(addCapture(made, script('tok_approved'), { asked, final: true, stamp: STAMP })));
  assert.equal(encodeCharge(made.charge), before);
});

test('amounts that are approved', () => {
  assert.equal(approvedAmount(script('tok_amount_mismatch'), 7n), 107n);
  assert.equal(approvedAmount(script('tok_partial_approval'), 7n), 3n);
  assert.equal(approvedAmount(script('tok_partial_approval'), 1n), 1n);
});

test('amounts for people, in the places of their currency', () => {
  assert.equal(formatAmount(5n, 'EUR').replace('\u00a0', ' '), 'EUR 0.05');
  assert.equal(formatAmount(1999n, 'JPY').replace('\u00a0', ' '), 'JPY 1,999');
  assert.equal(formatAmount(1234567n, 'BHD').replace('\u00a0', ' '), 'BHD 1,234.567');
  assert.equal(escapeHtml(`<a href="x">'&`), '&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
});

test('dice of one seed fall the same way', () => {
  const [one, two] = [createDice(7), createDice(7)];
  for (let n = 0; n < 100; n += 1) {
    const rolled = one();
    assert.equal(rolled, two());
    assert.ok(rolled >= 0 && rolled < 1);
  }
});

test('a webhook is signed with its time in seconds', () => {
  // echo -n '1700000000.{}' | openssl dgst -sha256 -hmac secret
  assert.match(signWebhook('secret', 1_700_000_000_999, '{}'), /^t=1700000000,v1=[0-9a-f]{64}$/);
});
