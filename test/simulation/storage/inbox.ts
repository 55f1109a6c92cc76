import { createMemoryInbox } from '#core/ingress/memory.ts';
import type { Inbox } from '#core/ingress/ports.ts';

/** What became of a webhook. `dueAt`: while it waits. */
export type InboxState =
  | { kind: 'waiting'; dueAt: number }
  | { kind: 'finished' | 'quarantined' | 'forgotten'; why: string };

/** The inbox in memory, and a record of what became of each item, for those who look from outside. */
export function createInbox(): Inbox & { states: ReadonlyMap<string, InboxState>; nextDueAt: () => number } {
  const inbox = createMemoryInbox();
  const states = new Map<string, InboxState>();
  const waiting = new Map<string, number>();
  const set = (id: string, state: InboxState) => {
    states.set(id, state);
    if (state.kind === 'waiting') waiting.set(id, state.dueAt);
    else waiting.delete(id);
  };
  const change = (id: string, state: InboxState) => {
    if (waiting.has(id)) set(id, state);
  };
  return {
    ...inbox,
    states,
    nextDueAt: () => Math.min(...waiting.values()),
    receive: (delivery) => {
      if (!states.has(delivery.id)) set(delivery.id, { kind: 'waiting', dueAt: delivery.receivedAt });
      return inbox.receive(delivery);
    },
    finish: (id, result) => {
      change(id, { kind: 'finished', why: result });
      return inbox.finish(id, result);
    },
    retryAt: (id, retry) => {
      change(id, { kind: 'waiting', dueAt: retry.at });
      return inbox.retryAt(id, retry);
    },
    quarantine: (id, why) => {
      change(id, { kind: 'quarantined', why: why.reason });
      return inbox.quarantine(id, why);
    },
    release: (id, now) => {
      if (states.get(id)?.kind === 'quarantined') set(id, { kind: 'waiting', dueAt: now });
      return inbox.release(id, now);
    },
  };
}
