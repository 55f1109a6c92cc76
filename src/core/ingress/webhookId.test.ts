import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { exactText, webhookId } from './webhookId.ts';

test('the same event of the same account has one id, and nothing else has it', () => {
  const part = fc.string({ maxLength: 5 });
  const event = fc.oneof(
    part.map((id) => ({ id })),
    part.map((body) => ({ body })),
  );
  fc.assert(
    fc.property(part, event, part, event, (account, one, otherAccount, other) => {
      const isSame = account === otherAccount && JSON.stringify(one) === JSON.stringify(other);
      assert.equal(webhookId(account, one) === webhookId(otherAccount, other), isSame);
    }),
  );
  // Without lengths before the parts these two would be one text.
  assert.notEqual(webhookId('a', { id: 'eventb' }), webhookId('aevent', { id: 'b' }));
  assert.match(webhookId('a', { id: 'e' }), /^inb_[0-9a-z]{32}$/);
});

test('text is exact or not there', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const text = exactText(bytes);
      assert.ok(text === null || Buffer.from(text).equals(bytes));
    }),
  );
  for (const text of ['', '{"ü":"💶"}', '\ufeff{}', 'a\ufffdb']) assert.equal(exactText(Buffer.from(text)), text);
  assert.equal(exactText(new Uint8Array([0xff])), null);
});
