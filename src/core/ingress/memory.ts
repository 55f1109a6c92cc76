import { keptReferences } from './keptReferences.ts';
import type { EchoesReferences, Inbox, InboxItem, QuarantinedItem, ReferencesProjection } from './ports.ts';

type Entry = { item: InboxItem; state: State };
type State = { kind: 'waiting'; dueAt: number } | { kind: 'quarantined'; held: QuarantinedItem } | { kind: 'finished' };

/** An inbox in memory: for unit tests and for the simulation. It passes the same contract as the real ones. */
export function createMemoryInbox(): Inbox {
  const entries = new Map<string, Entry>();
  const listeners = new Set<() => void>();

  function tell(): void {
    for (const listener of listeners) listener();
  }

  /** Of an item that no longer waits, nothing changes. */
  function change(id: string, with_: (entry: Entry) => Entry): void {
    const entry = entries.get(id);
    if (entry?.state.kind === 'waiting') entries.set(id, with_(entry));
  }

  function held(): readonly QuarantinedItem[] {
    return [...entries.values()].flatMap(({ state }) => (state.kind === 'quarantined' ? [state.held] : []));
  }

  return {
    receive: async (delivery) => {
      if (entries.has(delivery.id)) return 'duplicate';
      const state: State = { kind: 'waiting', dueAt: delivery.receivedAt };
      entries.set(delivery.id, { item: { ...delivery, attempts: 0 }, state });
      tell();
      return 'received';
    },
    due: async (now, limit) =>
      [...entries.values()]
        .flatMap(({ item, state }) => (state.kind === 'waiting' && state.dueAt <= now ? [{ item, ...state }] : []))
        .sort((left, right) => left.dueAt - right.dueAt)
        .slice(0, limit)
        .map(({ item }) => item),
    finish: async (id) => change(id, (entry) => ({ ...entry, state: { kind: 'finished' } })),
    retryAt: async (id, { at, attempts }) =>
      change(id, ({ item }) => ({ item: { ...item, attempts }, state: { kind: 'waiting', dueAt: at } })),
    quarantine: async (id, { attempts, reason }) =>
      change(id, ({ item }) => ({ item, state: { kind: 'quarantined', held: { ...item, attempts, reason } } })),
    quarantined: async (cursor, limit) => {
      const all = held().toReversed();
      const from = cursor === null ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
      if (cursor !== null && from === 0) return 'cursor_invalid';
      const items = all.slice(from, from + limit);
      return { items, next: from + limit < all.length ? (items.at(-1)?.id ?? null) : null };
    },
    release: async (id, now) => {
      const entry = entries.get(id);
      if (entry?.state.kind !== 'quarantined') return false;
      entries.set(id, { item: { ...entry.item, attempts: 0 }, state: { kind: 'waiting', dueAt: now } });
      tell();
      return true;
    },
    forget: async (receivedBefore, limit) => {
      const old = [...entries.values()]
        .filter(({ item, state }) => state.kind === 'finished' && item.receivedAt < receivedBefore)
        .slice(0, limit);
      for (const { item } of old) entries.delete(item.id);
      return old.length;
    },
    counts: async () => {
      const waiting = [...entries.values()].filter(({ state }) => state.kind === 'waiting').length;
      return { waiting, quarantined: held().length };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function createMemoryReferences(echoes: EchoesReferences): ReferencesProjection {
  const kept = new Map<string, string>();
  let position = 0;
  const keyOf = (account: string, reference: string) => JSON.stringify([account, reference]);
  return {
    find: async (account, reference) => kept.get(keyOf(account, reference)) ?? null,
    projection: {
      name: 'references',
      position: () => position,
      save: (payments, after) => {
        for (const { account, reference, payment } of keptReferences(payments, echoes))
          if (!kept.has(keyOf(account, reference))) kept.set(keyOf(account, reference), payment);
        position = after;
      },
    },
  };
}
