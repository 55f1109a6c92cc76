import assert from 'node:assert/strict';
import test from 'node:test';
import { BugError } from '#core/kit/assert.ts';
import { entryId, makeEntry, transfer } from './entry.ts';

test('an entry that does not balance is a bug', () => {
  const lines = [
    { account: 'a', side: 'debit', amountMinor: 5n },
    { account: 'b', side: 'credit', amountMinor: 4n },
  ] as const;
  assert.throws(() => makeEntry('settled', 'EUR', lines), BugError);
});

test('lines of nothing are left out; what is negative changes sides; nothing at all is no entry', () => {
  const lines = [
    { account: 'a', side: 'debit', amountMinor: -5n },
    { account: 'b', side: 'credit', amountMinor: -5n },
    { account: 'c', side: 'credit', amountMinor: 0n },
  ] as const;
  const entry = makeEntry('settled', 'EUR', lines);
  assert.deepEqual(entry?.lines, [
    { account: 'a', side: 'credit', amountMinor: 5n },
    { account: 'b', side: 'debit', amountMinor: 5n },
  ]);
  assert.equal(makeEntry('settled', 'EUR', []), null);
  assert.equal(transfer('captured', 'EUR', { debit: 'a', credit: 'b', amountMinor: 0n }), null);
  assert.deepEqual(
    transfer('captured', 'EUR', { debit: 'a', credit: 'b', amountMinor: -5n })?.lines.map((line) => line.account),
    ['b', 'a'],
  );
});

test('the id of an entry names its payment, its commit and its place', () => {
  assert.equal(entryId({ stream: `pay_${'z'.repeat(32)}`, seq: 12, n: 3 }), `ent_${'z'.repeat(32)}_12_3`);
});
