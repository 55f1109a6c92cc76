import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import { secret } from './secret.ts';

test('a secret shows a mask wherever it is printed', () => {
  const hidden = secret('sk_live_1');
  const printed = [
    String(hidden),
    `${hidden}`,
    JSON.stringify({ hidden }),
    inspect(hidden, { depth: 9, showHidden: true }),
  ].join(' ');
  assert.doesNotMatch(printed, /sk_live_1/);
  assert.equal(hidden.reveal(), 'sk_live_1');
});
