import { assert } from '#core/kit/assert.ts';
import type { Operation, Payment } from '#core/payments/payment.ts';
import type { Delivery, EchoesReferences, Inbox, ReferencesProjection } from './ports.ts';

export type InboxCase = { name: string; run: (inbox: Inbox) => Promise<void> };
export type ReferencesCase = {
  name: string;
  run: (create: (echoes: EchoesReferences) => ReferencesProjection) => Promise<void>;
};

/** What every Inbox does, whatever it runs on. Each case gets an empty one. */
export const INBOX_CONTRACT: readonly InboxCase[] = [
  {
    name: 'what was received is due at once, as it came, byte for byte',
    run: async (inbox) => {
      const delivery = deliveryOf('a', { body: new Uint8Array([0, 255, 123, 10, 0xc3]) });
      same(await inbox.receive(delivery), 'received');
      const [item] = await inbox.due(delivery.receivedAt, 10);
      assert(item !== undefined, 'it is due');
      same([...item.body], [...delivery.body]);
      same({ ...item, body: null }, { ...delivery, body: null, attempts: 0 });
      same(await inbox.due(delivery.receivedAt - 1, 10), []);
    },
  },
  {
    name: 'a second delivery changes nothing, whatever became of the first',
    run: async (inbox) => {
      await inbox.receive(deliveryOf('a'));
      same(await inbox.receive(deliveryOf('a', { body: new Uint8Array([9]) })), 'duplicate');
      same((await inbox.due(LATER, 10)).length, 1);
      await inbox.finish('a', 'applied');
      same(await inbox.receive(deliveryOf('a')), 'duplicate');
      same(await inbox.due(LATER, 10), []);
    },
  },
  {
    name: 'of many deliveries of one event at once, one is received',
    run: async (inbox) => {
      const all = await Promise.all(Array.from({ length: 20 }, () => inbox.receive(deliveryOf('a'))));
      same(all.filter((stored) => stored === 'received').length, 1);
    },
  },
  {
    name: 'the longest due comes first, up to a limit',
    run: async (inbox) => {
      for (const [id, receivedAt] of [
        ['c', 3],
        ['a', 1],
        ['b', 2],
      ] as const)
        await inbox.receive(deliveryOf(id, { receivedAt }));
      same(await idsDue(inbox, 2, 10), ['a', 'b']);
      same(await idsDue(inbox, 3, 2), ['a', 'b']);
      await inbox.retryAt('a', { at: 9, attempts: 1, reason: 'payment_unknown' });
      same(await idsDue(inbox, 8, 10), ['b', 'c']);
      same(await idsDue(inbox, 9, 10), ['b', 'c', 'a']);
      same((await inbox.due(9, 10)).at(-1)?.attempts, 1);
    },
  },
  {
    name: 'what is finished or quarantined is not due, and is not changed any more',
    run: async (inbox) => {
      for (const id of ['a', 'b']) await inbox.receive(deliveryOf(id));
      await inbox.finish('a', 'no_change');
      await inbox.quarantine('a', { attempts: 1, reason: 'fault' });
      await inbox.quarantine('b', { attempts: 3, reason: 'account_mismatch' });
      await inbox.retryAt('b', { at: 1, attempts: 4, reason: 'fault' });
      await inbox.finish('b', 'applied');
      same(await inbox.due(LATER, 10), []);
      same(await inbox.counts(), { waiting: 0, quarantined: 1 });
      const page = await inbox.quarantined(null, 10);
      assert(page !== 'cursor_invalid', 'a page');
      same(
        page.items.map(({ id, attempts, reason }) => ({ id, attempts, reason })),
        [{ id: 'b', attempts: 3, reason: 'account_mismatch' }],
      );
    },
  },
  {
    name: 'the quarantine is listed newest first, page by page, and a page stays the same while others come',
    run: async (inbox) => {
      for (const id of ['a', 'b', 'c']) await hold(inbox, id);
      const first = await pageOf(inbox, null, 2);
      same(first.ids, ['c', 'b']);
      await hold(inbox, 'd');
      same(await pageOf(inbox, first.next, 2), { ids: ['a'], next: null });
      same(await inbox.quarantined('nonsense', 2), 'cursor_invalid');
    },
  },
  {
    name: 'a released item is due as if it had just come',
    run: async (inbox) => {
      await hold(inbox, 'a');
      same(await inbox.release('a', 50), true);
      same(await inbox.due(49, 10), []);
      same(
        (await inbox.due(50, 10)).map(({ id, attempts }) => ({ id, attempts })),
        [{ id: 'a', attempts: 0 }],
      );
      same(await inbox.release('a', 50), false);
      same(await inbox.release('nobody', 50), false);
      same(await inbox.counts(), { waiting: 1, quarantined: 0 });
    },
  },
  {
    name: 'only what is finished is ever forgotten, by its age, up to a limit',
    run: async (inbox) => {
      for (const [id, receivedAt] of [
        ['waits', 1],
        ['old', 1],
        ['older', 0],
        ['new', 5],
      ] as const)
        await inbox.receive(deliveryOf(id, { receivedAt }));
      await hold(inbox, 'held');
      for (const id of ['old', 'older', 'new']) await inbox.finish(id, 'ignored');
      same(await inbox.forget(5, 1), 1);
      same(await inbox.forget(5, 10), 1);
      same(await inbox.forget(5, 10), 0);
      same(await inbox.counts(), { waiting: 1, quarantined: 1 });
      same(await inbox.receive(deliveryOf('new')), 'duplicate');
      same(await inbox.receive(deliveryOf('old')), 'received');
    },
  },
  {
    name: 'who subscribes is told of what is received or released, until it stops listening',
    run: async (inbox) => {
      let told = 0;
      const stop = inbox.subscribe(() => {
        told += 1;
      });
      await inbox.receive(deliveryOf('a'));
      same(told, 1);
      await inbox.quarantine('a', { attempts: 1, reason: 'fault' });
      await inbox.receive(deliveryOf('a'));
      same(told, 1);
      await inbox.release('a', 1);
      same(told, 2);
      stop();
      await inbox.receive(deliveryOf('b'));
      same(told, 2);
    },
  },
];

/** What every References does. Each case makes an empty one, and says which providers echo our references. */
export const REFERENCES_CONTRACT: readonly ReferencesCase[] = [
  {
    name: "a payment is found by the provider's references of its operations, at the account that they were sent to",
    run: async (create) => {
      const { find, projection } = create(() => false);
      await projection.save([paymentOf('pay_1', ['acct_1', 'ref_a'], ['acct_1', 'ref_b'])], 7, []);
      same(await find('acct_1', 'ref_a'), 'pay_1');
      same(await find('acct_1', 'ref_b'), 'pay_1');
      same(await find('acct_2', 'ref_a'), null);
      same(await find('acct_1', 'ref_c'), null);
      same(projection.position(), 7);
    },
  },
  {
    name: 'the first payment that a reference was seen at keeps it',
    run: async (create) => {
      const { find, projection } = create(() => false);
      await projection.save([paymentOf('pay_1', ['acct_1', 'ref_a'])], 1, []);
      await projection.save([paymentOf('pay_2', ['acct_1', 'ref_a']), paymentOf('pay_1', ['acct_1', 'ref_a'])], 2, []);
      same(await find('acct_1', 'ref_a'), 'pay_1');
    },
  },
  {
    name: 'nothing is kept where the provider echoes ours, or has not named its own',
    run: async (create) => {
      const { find, projection } = create((provider) => provider === 'echoing');
      same(projection.position(), 0);
      await projection.save([paymentOf('pay_1', ['acct_1', 'ref_a'], ['acct_1', null])], 3, []);
      same(await find('acct_1', 'ref_a'), null);
      same(projection.position(), 3);
    },
  },
];

const LATER = Number.MAX_SAFE_INTEGER;

function deliveryOf(id: string, more: Partial<Delivery> = {}): Delivery {
  return { id, provider: 'p', account: 'acct', body: new Uint8Array([1, 2, 3]), receivedAt: 10, ...more };
}

async function hold(inbox: Inbox, id: string): Promise<void> {
  await inbox.receive(deliveryOf(id));
  await inbox.quarantine(id, { attempts: 1, reason: 'payment_unknown' });
}

async function idsDue(inbox: Inbox, now: number, limit: number): Promise<readonly string[]> {
  return (await inbox.due(now, limit)).map(({ id }) => id);
}

async function pageOf(inbox: Inbox, cursor: string | null, limit: number) {
  const page = await inbox.quarantined(cursor, limit);
  assert(page !== 'cursor_invalid', 'a page');
  return { ids: page.items.map(({ id }) => id), next: page.next };
}

/** A payment with an operation for each pair of account and provider's reference. */
function paymentOf(id: string, ...references: readonly (readonly [string, string | null])[]): Payment {
  const operations = references.map(([account, providerReference]) => {
    const evidence = { source: 'reply', account, providerReference, providerVersion: 1, rawHash: '', by: null };
    return { provider: 'echoing', account, claims: { moved: null, failed: null, latest: evidence } };
  });
  return { id, version: 1, operations: operations as unknown as readonly Operation[] } as Payment;
}

function same(actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  assert(left === right, `expected ${right}, got ${left}`);
}
