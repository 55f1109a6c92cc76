import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { base32, deriveFingerprint, deriveId, idSecretOf } from './id.ts';

const key = idSecretOf(Buffer.from('secret'));

test('an id is 32 characters without i, l, o and u', () => {
  assert.match(deriveId(key, 'a', 'b'), /^[0-9a-hjkmnp-tv-z]{32}$/);
});

test('the same parts give the same id, another secret another one', () => {
  assert.equal(deriveId(key, 'a', 'b'), deriveId(key, 'a', 'b'));
  assert.notEqual(deriveId(key, 'a', 'b'), deriveId(idSecretOf(Buffer.from('other')), 'a', 'b'));
});

test('where one part ends and the next begins makes a difference', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
      fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
      (left, right) => {
        const same = JSON.stringify(left) === JSON.stringify(right);
        assert.equal(deriveFingerprint(key, ...left) === deriveFingerprint(key, ...right), same);
      },
    ),
  );
});

test('base 32 keeps every bit', () => {
  assert.equal(base32(Uint8Array.of(0xff)), 'zw');
  assert.equal(base32(new Uint8Array(5)), '00000000');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (left, right) => {
      assert.equal(base32(left) === base32(right), Buffer.compare(left, right) === 0);
    }),
  );
});
