import assert from 'node:assert/strict';
import test from 'node:test';
import { isFault } from '#core/kit/fault.ts';
import { findChainBreak } from './chain.ts';
import { type Draft, openCommit, sealCommit } from './commit.ts';

const draft: Draft = {
  stream: 'pay_1',
  seq: 1,
  commitId: 'c1',
  at: 1000,
  previous: null,
  command: { name: 'create', key: 'order-1', request: 'hmac' },
  events: [{ type: 'payment.created', v: 1, amountMinor: 1999 }],
  personal: { salt: 's', customer: 'Ada' },
};

function chain() {
  const first = sealCommit(draft);
  const second = sealCommit({
    ...draft,
    seq: 2,
    commitId: 'c2',
    at: 1001,
    previous: first.hash,
    command: null,
    personal: null,
  });
  const third = sealCommit({
    ...draft,
    seq: 3,
    commitId: 'c3',
    at: 1001,
    previous: second.hash,
    command: null,
    personal: null,
  });
  return [first, second, third] as const;
}

test('the facts hold the hash of the personal data and not the data', () => {
  const sealed = sealCommit(draft);
  assert.equal(sealed.facts.includes('Ada'), false);
  assert.equal(sealed.personal?.includes('Ada'), true);
  assert.equal(openCommit(sealed).personalHash?.length, 43);
});

test('a commit of a later format is a fault that can be retried', () => {
  const sealed = sealCommit(draft);
  const later = { ...sealed, facts: sealed.facts.replace('"format":1', '"format":2') };
  assert.throws(
    () => openCommit(later),
    (fault) => isFault(fault) && fault.retryable && fault.code === 'commit_format_unknown',
  );
});

test('a whole chain has no break', () => {
  assert.equal(findChainBreak(chain()), null);
  assert.equal(findChainBreak([]), null);
});

test('an erasure of personal data leaves the chain whole', () => {
  const [first, second, third] = chain();
  assert.equal(findChainBreak([{ ...first, personal: null }, second, third]), null);
});

type Stored = ReturnType<typeof sealCommit>;
const [first, second, third] = chain();
const rebuilt = sealCommit({ ...draft, seq: 2, commitId: 'c2', at: 1001, previous: 'another', command: null });
const earlier = sealCommit({
  ...draft,
  seq: 2,
  commitId: 'c2',
  at: 999,
  previous: first.hash,
  command: null,
  personal: null,
});
const breaks: Record<string, { commits: readonly Stored[]; seq: number; reason: RegExp }> = {
  'a changed amount': {
    commits: [first, { ...second, facts: second.facts.replace('1999', '9999') }, third],
    seq: 2,
    reason: /hash/,
  },
  'a missing commit': { commits: [first, third], seq: 3, reason: /commit 2 is missing/ },
  'a commit of another stream': { commits: [first, { ...second, stream: 'pay_2' }], seq: 2, reason: /another address/ },
  'another commit id in the column': { commits: [{ ...first, commitId: 'x' }], seq: 1, reason: /commit id/ },
  'a commit that follows another one': { commits: [first, rebuilt], seq: 2, reason: /does not follow/ },
  'a time that goes back': { commits: [first, earlier], seq: 2, reason: /time/ },
  'changed personal data': { commits: [{ ...first, personal: '{"customer":"Eve"}' }], seq: 1, reason: /personal/ },
};
for (const [name, { commits, seq, reason }] of Object.entries(breaks)) {
  test(`names the first break: ${name}`, () => {
    const found = findChainBreak(commits);
    assert.equal(found?.seq, seq);
    assert.match(found?.reason ?? '', reason);
  });
}

test('a commit without events, or out of place in its chain, is a bug', () => {
  assert.throws(() => sealCommit({ ...draft, events: [] }), /without events/);
  assert.throws(() => sealCommit({ ...draft, seq: 2 }), /previous/);
});
