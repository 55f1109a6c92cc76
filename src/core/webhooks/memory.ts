import type { Delivery, NewDelivery, Standing } from './delivery.ts';
import type { DeliveryPage, DeliveryQuery, DeliveryQueue, EventRow, EventStore, Ready, Settlement } from './ports.ts';

const LOG_MAX = 20;
const WELL: Standing = { failingSince: null, failures: 0 };

type Kept = Delivery & { leaseUntil: number };

/** What merchants are told, in memory: for unit tests and for the simulation. It passes the same contract as the real ones. */
export function createMemoryWebhooks({ tellFrom = 0 }: { tellFrom?: number } = {}): {
  events: EventStore;
  queue: DeliveryQueue;
} {
  const rows = new Map<number, EventRow>();
  const deliveries = new Map<string, Kept>();
  const standings = new Map<string, Standing>();
  const listeners = new Set<() => void>();
  let reached = 0;

  function add(added: readonly NewDelivery[], dueAt: (delivery: NewDelivery) => number): void {
    const fresh = added.filter(({ id }) => !deliveries.has(id));
    for (const delivery of fresh)
      deliveries.set(delivery.id, {
        ...delivery,
        state: { status: 'waiting', dueAt: dueAt(delivery) },
        attempts: 0,
        log: [],
        leaseUntil: 0,
      });
    if (fresh.length > 0) for (const listener of listeners) listener();
  }

  const events: EventStore = {
    position: () => reached,
    tellFrom: () => tellFrom,
    save: (batch) => {
      for (const row of batch.rows) if (!rows.has(row.position)) rows.set(row.position, row);
      add(batch.deliveries, ({ createdAt }) => createdAt);
      reached = Math.max(reached, batch.position);
    },
    list: async ({ merchant, types, since, upTo, limit }) =>
      [...rows.values()]
        .filter((row) => row.merchant === merchant && (row.types & types) !== 0 && row.at >= since)
        .filter((row) => upTo === null || row.position <= upTo)
        .sort((left, right) => right.position - left.position)
        .slice(0, limit),
    forget: async (before, limit) => {
      const oldRows = [...rows.values()].filter(({ at }) => at < before).slice(0, limit);
      for (const { position } of oldRows) rows.delete(position);
      const old = [...deliveries.values()]
        .filter(({ createdAt, state }) => createdAt < before && state.status !== 'waiting')
        .slice(0, limit);
      for (const { id } of old) deliveries.delete(id);
      return oldRows.length + old.length;
    },
  };
  return {
    events,
    queue: {
      ...createQueue({ deliveries, standings }),
      add: async (added, now) => add(added, () => now),
      redeliver: async (id, now) => {
        const kept = deliveries.get(id);
        if (kept === undefined) return false;
        if (kept.state.status === 'waiting' && kept.leaseUntil > now) return true;
        deliveries.set(id, { ...kept, state: { status: 'waiting', dueAt: now }, attempts: 0, leaseUntil: 0 });
        for (const listener of listeners) listener();
        return true;
      },
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

type Tables = { deliveries: Map<string, Kept>; standings: Map<string, Standing> };

function createQueue({ deliveries, standings }: Tables): Omit<DeliveryQueue, 'add' | 'redeliver' | 'subscribe'> {
  const due = (now: number) =>
    [...deliveries.values()]
      .flatMap((kept) => (kept.state.status === 'waiting' && kept.state.dueAt <= now ? [{ ...kept.state, kept }] : []))
      .sort((left, right) => left.dueAt - right.dueAt)
      .map(({ kept }) => kept);

  return {
    ready: async (now) => {
      const found = new Map<string, Ready>();
      for (const { endpoint, merchant } of due(now))
        found.set(endpoint, { endpoint, merchant, ...(standings.get(endpoint) ?? WELL) });
      return [...found.values()];
    },
    take: async (endpoint, { now, leaseUntil, limit }) => {
      const taken = due(now)
        .filter((kept) => kept.endpoint === endpoint)
        .slice(0, limit);
      for (const kept of taken)
        deliveries.set(kept.id, { ...kept, state: { status: 'waiting', dueAt: leaseUntil }, leaseUntil });
      return taken.map((kept) => show({ ...kept, state: { status: 'waiting', dueAt: leaseUntil } }));
    },
    settle: async ({ id, endpoint }, { attempt, state }: Settlement) => {
      const kept = deliveries.get(id);
      if (kept !== undefined && (kept.state.status === 'waiting' || attempt?.succeeded === true)) {
        const attempts = kept.attempts + (attempt === null ? 0 : 1);
        const log = attempt === null ? kept.log : [...kept.log, attempt].slice(-LOG_MAX);
        deliveries.set(id, { ...kept, state, attempts, log, leaseUntil: 0 });
      }
      const before = standings.get(endpoint) ?? WELL;
      if (attempt === null) return before;
      const after = attempt.succeeded
        ? WELL
        : { failingSince: before.failingSince ?? attempt.at, failures: before.failures + 1 };
      standings.set(endpoint, after);
      return after;
    },
    abandon: async (endpoint, dead) => {
      const waiting = [...deliveries.values()].filter(
        (kept) => kept.endpoint === endpoint && kept.state.status === 'waiting',
      );
      for (const kept of waiting) deliveries.set(kept.id, { ...kept, state: dead, leaseUntil: 0 });
      return waiting.length;
    },
    forgive: async (endpoint) => void standings.delete(endpoint),
    find: async (id) => {
      const kept = deliveries.get(id);
      return kept === undefined ? null : show(kept);
    },
    list: async (query) => page([...deliveries.values()].reverse(), query),
    counts: async () => {
      const count = (status: string) => [...deliveries.values()].filter(({ state }) => state.status === status).length;
      return { waiting: count('waiting'), dead: count('dead') };
    },
  };
}

function page(newestFirst: readonly Kept[], query: DeliveryQuery): DeliveryPage | 'cursor_invalid' {
  const { merchant, endpoint, status, event, after, limit } = query;
  const from = after === null ? 0 : newestFirst.findIndex(({ id }) => id === after) + 1;
  if (after !== null && from === 0) return 'cursor_invalid';
  const found = newestFirst
    .slice(from)
    .filter((kept) => kept.merchant === merchant && (endpoint === null || kept.endpoint === endpoint))
    .filter((kept) => (status === null || kept.state.status === status) && (event === null || kept.event === event));
  const deliveries = found.slice(0, limit).map(show);
  return { deliveries, next: found.length > limit ? (deliveries.at(-1)?.id ?? null) : null };
}

function show({ leaseUntil: _, ...delivery }: Kept): Delivery {
  return delivery;
}
