import type { StoredCommit } from './commit.ts';
import type { Feed, FeedItem, Journal } from './ports.ts';

/** A journal and its feed in memory: for unit tests and for the simulation. It passes the same contract as the real ones. */
export function createMemoryJournal(): { journal: Journal; feed: Feed } {
  const items: FeedItem[] = [];
  const streams = new Map<string, StoredCommit[]>();
  const listeners = new Set<() => void>();

  const journal: Journal = {
    append: async (commit) => {
      const stream = streams.get(commit.stream) ?? [];
      if (stream.some((stored) => stored.seq === commit.seq)) return 'conflict';
      streams.set(commit.stream, [...stream, commit]);
      items.push({ position: items.length + 1, commit });
      for (const listener of listeners) listener();
      return 'appended';
    },
    read: async (stream) => [...(streams.get(stream) ?? [])].sort((left, right) => left.seq - right.seq),
  };
  const feed: Feed = {
    read: async (position, limit) => items.slice(position, position + limit),
    head: () => items.length,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { journal, feed };
}
