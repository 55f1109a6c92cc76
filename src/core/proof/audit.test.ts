import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { sealCommit } from '#core/journal/commit.ts';
import { createMemoryJournal } from '#core/journal/memory.ts';
import type { FeedItem } from '#core/journal/ports.ts';
import { createAudit } from './audit.ts';
import { merkleRoot } from './merkle.ts';
import { createSignRoot, type SignedRoot } from './roots.ts';

const sign = (text: string) => createHmac('sha256', 'k').update(text).digest('hex');
const isSigned = (root: SignedRoot, text: string) => root.signature === sign(text);

async function journalWithRoots() {
  const { journal, feed } = createMemoryJournal();
  const roots: SignedRoot[] = [];
  const signRoot = createSignRoot({
    feed,
    roots: { all: async () => roots, append: async (root) => void roots.push(root) },
    signer: { keyId: 'k1', sign },
    clock: { now: () => 5, monotonic: () => 0 },
  });
  async function write(stream: string, count: number) {
    for (let n = 0; n < count; n += 1) {
      const before = (await journal.read(stream)).at(-1);
      const seq = (before?.seq ?? 0) + 1;
      await journal.append(
        sealCommit({
          stream,
          seq,
          commitId: `${stream}-${seq}`,
          at: seq,
          previous: before?.hash ?? null,
          command: null,
          events: [{ type: 'happened', v: 1, amount: seq }],
          personal: null,
        }),
      );
    }
  }
  await write('a', 2);
  await write('b', 1);
  const first = await signRoot();
  await write('b', 1);
  await write('c', 300);
  const second = await signRoot();
  await write('a', 1);
  return { items: await feed.read(0, 1000), roots, first, second, signRoot };
}

function audit(items: readonly FeedItem[], roots: readonly SignedRoot[]) {
  const running = createAudit({ roots, isSigned });
  for (const item of items) {
    const difference = running.check(item);
    if (difference !== null) return difference;
  }
  return running.end() ?? running.counts();
}

const changed = (items: readonly FeedItem[], at: number, change: (item: FeedItem) => FeedItem) =>
  items.map((item, index) => (index === at ? change(item) : item));

test('a statement covers what has come since the one before it, and none is made of nothing', async () => {
  const { first, second, signRoot, roots } = await journalWithRoots();
  assert.deepEqual([first?.position, first?.streams, first?.previous], [3, 2, null]);
  assert.deepEqual([second?.position, second?.streams, second?.previous], [304, 2, first?.root]);
  assert.equal((await signRoot())?.position, 305);
  assert.equal(await signRoot(), null);
  assert.equal(roots.length, 3);
});

test('an untouched journal has no difference', async () => {
  const { items, roots } = await journalWithRoots();
  assert.deepEqual(audit(items, roots), { streams: 3, roots: 2, position: 305 });
  assert.deepEqual(audit([], []), { streams: 0, roots: 0, position: 0 });
});

test('a commit that was changed is named', async () => {
  const { items, roots } = await journalWithRoots();
  const edited = changed(items, 1, (item) => ({
    ...item,
    commit: { ...item.commit, facts: item.commit.facts.replace('"amount":2', '"amount":9') },
  }));
  assert.deepEqual(audit(edited, roots), { where: 'commit a/2', what: 'the facts do not match their hash' });
});

test('a whole stream that was written anew, hashes and all, is caught by the root that was signed', async () => {
  const { items, roots } = await journalWithRoots();
  const forged = changed(items, 2, (item) => ({
    ...item,
    commit: sealCommit({
      stream: 'b',
      seq: 1,
      commitId: 'b-1',
      at: 1,
      previous: null,
      command: null,
      events: [{ type: 'happened', v: 1, amount: 9 }],
      personal: null,
    }),
  }));
  assert.deepEqual(audit(forged, roots), {
    where: 'root 1',
    what: 'the commits that it covers are not those that were signed',
  });
});

test('commits that are gone from the end are missed', async () => {
  const { items, roots } = await journalWithRoots();
  assert.deepEqual(audit(items.slice(0, 303), roots), {
    where: 'root 2',
    what: 'the commits that it covers are not those that were signed',
  });
});

test('a root with another signature, or out of its chain, is named', async () => {
  const { items, roots } = await journalWithRoots();
  assert.deepEqual(
    audit(
      items,
      roots.map((root) => ({ ...root, signature: 'x' })),
    ),
    { where: 'root 1', what: 'its signature is not right' },
  );
  const [first, second] = roots;
  assert.ok(first && second);
  const { signature: _, ...statement } = { ...second, previous: 'another' };
  const unchained = { ...statement, signature: sign(JSON.stringify(statement)) };
  assert.deepEqual(audit(items, [first, unchained]), {
    where: 'root 2',
    what: 'it does not follow the root before it',
  });
});

test('the Merkle root depends on every leaf and on their order', () => {
  assert.equal(merkleRoot([]), '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
  assert.notEqual(merkleRoot(['a', 'b']), merkleRoot(['b', 'a']));
  assert.notEqual(merkleRoot(['a', 'b', 'c']), merkleRoot(['a', 'b']));
  assert.notEqual(merkleRoot(['a']), merkleRoot(['a', 'a']));
});
