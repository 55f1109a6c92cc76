import { assert } from '#core/kit/assert.ts';
import type { WebhooksCase } from './contract.ts';
import { attempt, delivered, delivery, failed, same, T } from './contractFixtures.ts';
import type { DeliveryQuery } from './ports.ts';

export const QUEUE_CASES: readonly WebhooksCase[] = [
  {
    name: 'what is due is taken an endpoint at a time, the longest due first, and once',
    run: async ({ queue }) => {
      await queue.add([delivery('b', { createdAt: 9 })], T + 2);
      await queue.add([delivery('a'), delivery('x', { endpoint: 'whe_2', merchant: 'mer_2' })], T + 1);
      same(await queue.ready(T), []);
      same(await queue.ready(T + 1), [
        { endpoint: 'whe_1', merchant: 'mer_1', failingSince: null, failures: 0 },
        { endpoint: 'whe_2', merchant: 'mer_2', failingSince: null, failures: 0 },
      ]);
      const take = async (now: number, limit: number, endpoint = 'whe_1') =>
        (await queue.take(endpoint, { now, leaseUntil: now + 10, limit })).map(({ id }) => id);
      same(await take(T, 9), []);
      same(await take(T + 2, 1), ['a']);
      same(await take(T + 2, 9), ['b']);
      same(await take(T + 2, 9), []);
      same(await take(T + 2, 9, 'whe_2'), ['x']);
      same(await queue.ready(T + 2), []);
    },
  },
  {
    name: 'what was taken comes as it was made, and is due again when the lease ends',
    run: async ({ queue }) => {
      const made = delivery('a', { content: '{"ü":1}', type: 'webhook_endpoint.disabled' });
      await queue.add([made], T);
      const expected = { ...made, state: { status: 'waiting', dueAt: T + 10 }, attempts: 0, log: [] };
      same(await queue.take('whe_1', { now: T, leaseUntil: T + 10, limit: 1 }), [expected]);
      same(await queue.take('whe_1', { now: T + 9, leaseUntil: T + 20, limit: 1 }), []);
      same((await queue.ready(T + 10)).length, 1);
      same((await queue.take('whe_1', { now: T + 10, leaseUntil: T + 20, limit: 1 })).length, 1);
    },
  },
  {
    name: 'of many takers at once one gets it',
    run: async ({ queue }) => {
      await queue.add([delivery('a')], T);
      const lease = { now: T, leaseUntil: T + 10, limit: 5 };
      const all = await Promise.all(Array.from({ length: 10 }, () => queue.take('whe_1', lease)));
      same(all.flat().length, 1);
    },
  },
  {
    name: 'attempts are counted and kept, and the standing of the endpoint follows them',
    run: async ({ queue }) => {
      await queue.add([delivery('a'), delivery('b')], T);
      same(await queue.settle(delivery('a'), failed(T + 1, T + 5)), { failingSince: T + 1, failures: 1 });
      same(await queue.settle(delivery('b'), failed(T + 2, T + 6)), { failingSince: T + 1, failures: 2 });
      same(await queue.ready(T + 6), [{ endpoint: 'whe_1', merchant: 'mer_1', failingSince: T + 1, failures: 2 }]);
      const found = await queue.find('a');
      same(
        [found?.attempts, found?.state, found?.log],
        [1, { status: 'waiting', dueAt: T + 5 }, [attempt(T + 1, false)]],
      );
      same(await queue.settle(delivery('a'), delivered(T + 7)), { failingSince: null, failures: 0 });
      const after = await queue.find('a');
      same([after?.attempts, after?.state], [2, { status: 'delivered', at: T + 7 }]);
      same(after?.log, [attempt(T + 1, false), attempt(T + 7, true)]);
      same(
        (await queue.ready(T + 6)).map(({ failures }) => failures),
        [0],
      );
    },
  },
  {
    name: 'of very many attempts the latest are kept',
    run: async ({ queue }) => {
      await queue.add([delivery('a')], T);
      for (let n = 1; n <= 25; n += 1) await queue.settle(delivery('a'), failed(T + n, T));
      const found = await queue.find('a');
      same([found?.attempts, found?.log.length, found?.log.at(-1)?.at], [25, 20, T + 25]);
    },
  },
  {
    name: 'a failure changes nothing that waits no longer; a success always counts',
    run: async ({ queue }) => {
      await queue.add([delivery('a')], T);
      same(await queue.abandon('whe_1', { status: 'dead', reason: 'endpoint_disabled', at: T + 1 }), 1);
      await queue.settle(delivery('a'), failed(T + 2, T + 3));
      same((await queue.find('a'))?.state, { status: 'dead', reason: 'endpoint_disabled', at: T + 1 });
      await queue.settle(delivery('a'), delivered(T + 3));
      same((await queue.find('a'))?.state, { status: 'delivered', at: T + 3 });
    },
  },
  {
    name: 'without an attempt nothing is counted',
    run: async ({ queue }) => {
      await queue.add([delivery('a')], T);
      const state = { status: 'dead', reason: 'event_gone', at: T } as const;
      same(await queue.settle(delivery('a'), { attempt: null, state }), { failingSince: null, failures: 0 });
      const found = await queue.find('a');
      same([found?.state, found?.attempts, found?.log], [state, 0, []]);
    },
  },
  {
    name: 'what waits for an endpoint is abandoned, and nothing else',
    run: async ({ queue }) => {
      await queue.add([delivery('a'), delivery('b'), delivery('c'), delivery('x', { endpoint: 'whe_2' })], T);
      await queue.settle(delivery('a'), delivered(T));
      await queue.take('whe_1', { now: T, leaseUntil: T + 10, limit: 1 });
      same(await queue.abandon('whe_1', { status: 'dead', reason: 'endpoint_deleted', at: T + 1 }), 2);
      same(await queue.counts(), { waiting: 1, dead: 2 });
      same(
        (await queue.ready(T + 99)).map(({ endpoint }) => endpoint),
        ['whe_2'],
      );
    },
  },
  {
    name: 'what is forgiven has never failed',
    run: async ({ queue }) => {
      await queue.add([delivery('a')], T);
      await queue.settle(delivery('a'), failed(T + 1, T + 2));
      await queue.forgive('whe_1');
      same(
        (await queue.ready(T + 2)).map(({ failingSince }) => failingSince),
        [null],
      );
      same(await queue.settle(delivery('a'), failed(T + 3, T + 4)), { failingSince: T + 3, failures: 1 });
    },
  },
  {
    name: 'redelivered, it is due at once with all attempts before it; one that is being sent is left to that',
    run: async ({ queue }) => {
      same(await queue.redeliver('a', T), false);
      await queue.add([delivery('a'), delivery('b')], T);
      await queue.settle(delivery('a'), delivered(T + 1));
      same(await queue.redeliver('a', T + 5), true);
      const found = await queue.find('a');
      same([found?.state, found?.attempts, found?.log.length], [{ status: 'waiting', dueAt: T + 5 }, 0, 1]);
      await queue.settle(delivery('b'), failed(T + 1, T + 1000));
      await queue.redeliver('b', T + 5);
      same((await queue.take('whe_1', { now: T + 5, leaseUntil: T + 50, limit: 9 })).length, 2);
      same(await queue.redeliver('b', T + 6), true);
      same(await queue.ready(T + 6), []);
      same((await queue.ready(T + 50)).length, 1);
    },
  },
  {
    name: 'deliveries are listed newest first, page by page, by endpoint, status and event, and a page stays the same while others come',
    run: async ({ queue }) => {
      const made = [
        delivery('a', { event: 'evt_1' }),
        delivery('b', { endpoint: 'whe_2' }),
        delivery('c', { event: 'evt_1' }),
        delivery('d', { merchant: 'mer_2', endpoint: 'whe_3' }),
        delivery('e'),
      ];
      for (const one of made) await queue.add([one], T);
      await queue.settle(delivery('c'), delivered(T));
      const ids = async (changes: Partial<DeliveryQuery>) => {
        const page = await queue.list(deliveryQuery(changes));
        assert(page !== 'cursor_invalid', 'a page');
        return page.deliveries.map(({ id }) => id);
      };
      same(await ids({}), ['e', 'c', 'b', 'a']);
      same(await ids({ endpoint: 'whe_2' }), ['b']);
      same(await ids({ status: 'delivered' }), ['c']);
      same(await ids({ status: 'dead' }), []);
      same(await ids({ event: 'evt_1' }), ['c', 'a']);
      same(await ids({ event: 'evt_1', status: 'waiting', endpoint: 'whe_1' }), ['a']);
      same(await ids({ merchant: 'mer_2' }), ['d']);
      const first = await queue.list(deliveryQuery({ limit: 2 }));
      assert(first !== 'cursor_invalid' && first.next !== null, 'there is more');
      await queue.add([delivery('f')], T);
      same(await ids({ limit: 2, after: first.next }), ['b', 'a']);
      const last = await queue.list(deliveryQuery({ limit: 2, after: first.next }));
      assert(last !== 'cursor_invalid' && last.next === null, 'there is no more');
      same(await queue.list(deliveryQuery({ after: 'nonsense' })), 'cursor_invalid');
    },
  },
  {
    name: 'who listens is told of what is due at once, until it stops',
    run: async ({ events, queue }) => {
      let told = 0;
      const stop = queue.subscribe(() => {
        told += 1;
      });
      await events.save({ rows: [], deliveries: [], position: 1 });
      same(told, 0);
      await events.save({ rows: [], deliveries: [delivery('a')], position: 2 });
      await queue.add([delivery('b')], T);
      await queue.settle(delivery('b'), delivered(T));
      await queue.redeliver('b', T);
      same(told, 3);
      stop();
      await queue.add([delivery('c')], T);
      same(told, 3);
    },
  },
];

function deliveryQuery(changes: Partial<DeliveryQuery> = {}): DeliveryQuery {
  return { merchant: 'mer_1', endpoint: null, status: null, event: null, after: null, limit: 100, ...changes };
}
