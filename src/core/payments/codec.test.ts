import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeEvents, encodeEvents } from './codec.ts';
import type { PaymentCreated } from './events.ts';
import type { PaymentMethod } from './paymentMethod.ts';
import { createCommand } from './testKit.ts';

const tokens: PaymentMethod = { type: 'card', tokens: [{ provider: 'double', account: null, token: 'tok_hidden' }] };
const short: PaymentMethod = { type: 'card', token: 'tok_hidden' };

function created(paymentMethod: PaymentMethod | null): PaymentCreated {
  const { type: _, id: __, confirm: ___, ...facts } = createCommand();
  return { type: 'payment.created', ...facts, personal: { ...facts.personal, paymentMethod } };
}

test('the version that it takes to say a payment method is written, and every one is read', () => {
  for (const [method, version] of [
    [null, 1],
    [short, 1],
    [tokens, 2],
  ] as const) {
    const confirmed = { type: 'payment.confirmed', personal: method && { paymentMethod: method } } as const;
    const events = [created(method), confirmed];
    const { records, personal } = encodeEvents(events);
    assert.deepEqual(
      records.map(({ v }) => v),
      [version, version],
    );
    assert.deepEqual(decodeEvents(records, personal), events);
  }
});

test('tokens are personal: the facts hold none, and an erased method reads as null', () => {
  for (const method of [short, tokens]) {
    const { records } = encodeEvents([created(method)]);
    assert.ok(!JSON.stringify(records).includes('tok_hidden'));
    const [erased] = decodeEvents(records, null);
    assert.equal(erased?.type === 'payment.created' && erased.personal, null);
  }
});
