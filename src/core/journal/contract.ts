import { assert } from '#core/kit/assert.ts';
import { type StoredCommit, sealCommit } from './commit.ts';
import type { Feed, Journal } from './ports.ts';

export type JournalSubject = { journal: Journal; feed: Feed };
export type JournalCase = { name: string; run: (journal: Journal) => Promise<void> };
export type FeedCase = { name: string; run: (subject: JournalSubject) => Promise<void> };

/** What every Journal does, whatever it runs on. Each case gets an empty one. */
export const JOURNAL_CONTRACT: readonly JournalCase[] = [
  {
    name: 'an appended commit is read back as it was, in the order of its stream',
    run: async (journal) => {
      const [first, second] = streamOf('s_1');
      await journal.append(first);
      await journal.append(second);
      same(await journal.read('s_1'), [first, second]);
    },
  },
  {
    name: 'a stream that nobody wrote to is empty',
    run: async (journal) => same(await journal.read('s_none'), []),
  },
  {
    name: 'a second commit at the same address is a conflict and changes nothing',
    run: async (journal) => {
      const [first] = streamOf('s_1');
      const other = { ...first, commitId: 'other' };
      same(await journal.append(first), 'appended');
      same(await journal.append(other), 'conflict');
      same(await journal.append(first), 'conflict');
      same(await journal.read('s_1'), [first]);
    },
  },
  {
    name: 'of many appends to one address at once, one wins',
    run: async (journal) => {
      const [first] = streamOf('s_1');
      const contenders = Array.from({ length: 20 }, (_, n) => ({ ...first, commitId: `c${n}` }));
      const results = await Promise.all(contenders.map(journal.append));
      same(results.filter((result) => result === 'appended').length, 1);
      const winner = contenders[results.indexOf('appended')];
      same(
        (await journal.read('s_1')).map((commit) => commit.commitId),
        [winner?.commitId],
      );
    },
  },
  {
    name: 'streams do not touch each other',
    run: async (journal) => {
      await Promise.all(['s_1', 's_2', 's_3'].map((stream) => journal.append(streamOf(stream)[0])));
      same(
        (await journal.read('s_2')).map((commit) => commit.stream),
        ['s_2'],
      );
    },
  },
  {
    name: 'personal data, or none, comes back as it was',
    run: async (journal) => {
      const [first] = streamOf('s_1');
      await journal.append({ ...first, personal: '{"customer":"ü 💶"}' });
      await journal.append({ ...first, stream: 's_2', personal: null });
      same((await journal.read('s_1'))[0]?.personal, '{"customer":"ü 💶"}');
      same((await journal.read('s_2'))[0]?.personal, null);
    },
  },
];

/** What every Feed does with what was appended to its Journal. Each case gets an empty one. */
export const FEED_CONTRACT: readonly FeedCase[] = [
  {
    name: 'a commit that lost to another is not in the feed',
    run: async ({ journal, feed }) => {
      const [first] = streamOf('s_1');
      await journal.append(first);
      await journal.append({ ...first, commitId: 'other' });
      same((await feed.read(0, 10)).length, 1);
    },
  },
  {
    name: 'the feed gives commits in order of arrival, after a position, up to a limit',
    run: async ({ journal, feed }) => {
      const commits = ['s_3', 's_1', 's_2'].map((stream) => streamOf(stream)[0]);
      for (const commit of commits) await journal.append(commit);
      const all = await feed.read(0, 10);
      same(
        all.map((item) => item.commit),
        commits,
      );
      const [first, second] = all;
      assert(first !== undefined && second !== undefined && first.position < second.position, 'positions rise');
      same(await feed.read(first.position, 1), [second]);
      same(feed.head(), all[2]?.position);
      same(await feed.read(feed.head(), 10), []);
    },
  },
  {
    name: 'an empty feed has head 0',
    run: async ({ feed }) => same(feed.head(), 0),
  },
  {
    name: 'who subscribes is told of what comes, until it stops listening',
    run: async ({ journal, feed }) => {
      const seen: number[] = [];
      const stop = feed.subscribe(() => seen.push(feed.head()));
      await journal.append(streamOf('s_1')[0]);
      same(seen.length, 1);
      stop();
      await journal.append(streamOf('s_2')[0]);
      same(seen.length, 1);
    },
  },
];

/** The first two commits of a stream. */
function streamOf(stream: string): readonly [StoredCommit, StoredCommit] {
  const first = sealAt(stream, 1, null);
  return [first, sealAt(stream, 2, first.hash)];
}

function sealAt(stream: string, seq: number, previous: string | null): StoredCommit {
  const events = [{ type: 'thing.happened', v: 1 }];
  return sealCommit({
    stream,
    seq,
    commitId: `${stream}-${seq}`,
    at: seq,
    previous,
    command: null,
    events,
    personal: null,
  });
}

function same(actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  assert(left === right, `expected ${right}, got ${left}`);
}
