import type { StoredCommit } from './commit.ts';

/**
 * The truth. One append is one conditional write: it takes place only if (stream, seq) does not exist yet.
 * `append` resolves after the commit is durable. It throws a Fault when it can't tell or can't store; the caller then reads
 * the stream, and the commit is its own only if the stored one bears its commitId.
 */
export type Journal = {
  append: (commit: StoredCommit) => Promise<'appended' | 'conflict'>;
  /** The stream from its beginning, consistent with every append that has resolved. Empty when there is none. */
  read: (stream: string) => Promise<readonly StoredCommit[]>;
};

/** A commit with its place in the order of arrival. Positions rise and never repeat; they may have gaps. */
export type FeedItem = { position: number; commit: StoredCommit };

/** Commits in order of arrival, at least once. Each consumer keeps its own position. */
export type Feed = {
  /** Up to `limit` items after `position`, in order. */
  read: (position: number, limit: number) => Promise<readonly FeedItem[]>;
  /** The position of the newest commit, 0 when there is none. */
  head: () => number;
  /** Calls the listener soon after something new can be read; returns the function that stops it. */
  subscribe: (listener: () => void) => () => void;
};
