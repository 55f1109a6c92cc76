import { delivered, delivery, same, T } from './contractFixtures.ts';
import type { DeliveryQueue, EventQuery, EventRow, EventStore } from './ports.ts';
import { QUEUE_CASES } from './queueContract.ts';

export type Webhooks = { events: EventStore; queue: DeliveryQueue };
export type WebhooksCase = { name: string; run: (webhooks: Webhooks) => Promise<void> };

/** What a store of events and deliveries does, whatever it runs on. Each case gets an empty one. */
export const WEBHOOKS_CONTRACT: readonly WebhooksCase[] = [
  {
    name: 'rows, deliveries and the position are saved together; what is there stays, and the position does not go back',
    run: async ({ events, queue }) => {
      same(events.position(), 0);
      await events.save({ rows: [row(3)], deliveries: [delivery('a')], position: 5 });
      same(events.position(), 5);
      await queue.settle(delivery('a'), delivered(T + 1));
      await events.save({ rows: [row(3, { seq: 9 })], deliveries: [delivery('a'), delivery('b')], position: 4 });
      same(events.position(), 5);
      same(await events.list(query()), [row(3)]);
      same((await queue.find('a'))?.state.status, 'delivered');
      same((await queue.find('b'))?.state, { status: 'waiting', dueAt: T });
    },
  },
  {
    name: 'a save that has nothing but a position moves it',
    run: async ({ events }) => {
      await events.save({ rows: [], deliveries: [], position: 7 });
      same(events.position(), 7);
    },
  },
  {
    name: 'rows are listed newest first, of one merchant, of some types, since a time, from a position down',
    run: async ({ events }) => {
      const rows = [
        row(1, { types: 1, at: T - 1 }),
        row(2, { types: 6 }),
        row(3, { types: 4 }),
        row(4, { merchant: 'mer_2' }),
        row(5, { types: 3 }),
      ];
      await events.save({ rows, deliveries: [], position: 5 });
      const positions = async (changes: Partial<EventQuery>) =>
        (await events.list(query(changes))).map(({ position }) => position);
      same(await positions({}), [5, 3, 2, 1]);
      same(await positions({ limit: 2 }), [5, 3]);
      same(await positions({ types: 1 }), [5, 1]);
      same(await positions({ types: 4 }), [3, 2]);
      same(await positions({ types: 8 }), []);
      same(await positions({ since: T }), [5, 3, 2]);
      same(await positions({ upTo: 3 }), [3, 2, 1]);
      same(await positions({ merchant: 'mer_2' }), [4]);
      same(await positions({ merchant: 'mer_3' }), []);
    },
  },
  {
    name: 'what is old is forgotten, up to a limit; what waits is not',
    run: async ({ events, queue }) => {
      const rows = [row(1, { at: T - 2 }), row(2, { at: T - 1, merchant: 'mer_2' }), row(3)];
      const deliveries = [delivery('a', { createdAt: T - 2 }), delivery('b', { createdAt: T - 2 }), delivery('c')];
      await events.save({ rows, deliveries, position: 3 });
      await queue.settle(delivery('a'), delivered(T));
      await queue.settle(delivery('c'), delivered(T));
      same(await events.forget(T, 100), 3);
      same(await events.forget(T, 100), 0);
      same(await events.list(query()), [row(3)]);
      same(await events.list(query({ merchant: 'mer_2' })), []);
      same(await Promise.all(['a', 'b', 'c'].map(async (id) => (await queue.find(id))?.id ?? null)), [null, 'b', 'c']);
      await events.save({
        rows: [4, 5].map((position) => row(position, { merchant: 'mer_3', at: position })),
        deliveries: [],
        position: 5,
      });
      same(await events.forget(T, 1), 1);
      same(await events.forget(T, 100), 1);
    },
  },
  ...QUEUE_CASES,
];

function row(position: number, changes: Partial<EventRow> = {}): EventRow {
  return { merchant: 'mer_1', position, payment: `pay_${position}`, seq: 1, at: T, types: 7, ...changes };
}

function query(changes: Partial<EventQuery> = {}): EventQuery {
  return { merchant: 'mer_1', types: 0xffff, since: 0, upTo: null, limit: 100, ...changes };
}
