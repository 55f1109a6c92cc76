import assert from 'node:assert/strict';
import test from 'node:test';
import { sealCommit } from '#core/journal/commit.ts';
import { createMemoryJournal } from '#core/journal/memory.ts';
import { createSignRoot, type SignedRoot } from './roots.ts';

test('what the feed gives again is not signed again', async () => {
  const { journal, feed } = createMemoryJournal();
  const roots: SignedRoot[] = [];
  let back = 0;
  const signRoot = createSignRoot({
    feed: { ...feed, read: (position, limit) => feed.read(Math.max(0, position - back), limit) },
    roots: { all: async () => roots, append: async (root) => void roots.push(root) },
    signer: { keyId: 'k1', sign: (text) => text },
    clock: { now: () => 5, monotonic: () => 0 },
  });
  const append = (stream: string) =>
    journal.append(
      sealCommit({
        stream,
        seq: 1,
        commitId: stream,
        at: 1,
        previous: null,
        command: null,
        events: [{ type: 'happened', v: 1 }],
        personal: null,
      }),
    );
  await append('a');
  await append('b');
  assert.deepEqual([(await signRoot())?.streams, roots[0]?.position], [2, 2]);
  await append('c');
  back = 2;
  assert.deepEqual([(await signRoot())?.streams, roots[1]?.position], [1, 3]);
  assert.equal(await signRoot(), null);
});
