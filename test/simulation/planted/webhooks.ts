import { onInbox, onProvider, type PlantedBugs } from './plant.ts';

/** Bugs between a provider's webhook and the payment that it is about. */
export const WEBHOOK_BUGS: PlantedBugs = {
  signature_unchecked: {
    wrong: 'any webhook is taken as genuine',
    plant: onProvider(({ webhooks }) => ({ webhooks: { ...webhooks, isGenuine: () => true } })),
  },
  account_unchecked: {
    wrong: 'a webhook of one account is believed about a payment of another',
    plant: onInbox(({ due }, { accounts }) => ({
      due: async (now, limit) => {
        const items = await due(now, limit);
        const ofOther = (account: string) => (account === 'north' ? 'south' : 'north');
        return await Promise.all(
          items.map(async (item) => {
            const isCrossed = Buffer.from(item.body).includes('evt_crossed');
            return isCrossed && (await accounts.find(ofOther(item.account))) !== null
              ? { ...item, account: ofOther(item.account) }
              : item;
          }),
        );
      },
    })),
  },
  done_before_it_is_worked_on: {
    wrong: 'a webhook is finished when it is taken, and lost when the process dies then',
    plant: onInbox((inbox) => ({
      due: async (now, limit) => {
        const items = await inbox.due(now, limit);
        for (const item of items) void inbox.finish(item.id, 'applied').catch(() => {});
        return items;
      },
      retryAt: async () => {},
    })),
  },
  answered_before_it_is_kept: {
    wrong: 'a webhook is answered with 2xx before it is durable',
    plant: onInbox(({ receive }) => ({
      receive: async (delivery) => {
        void receive(delivery).catch(() => {});
        return 'received';
      },
    })),
  },
  given_up_silently: {
    wrong: 'a webhook that can not be told to a payment yet is dropped',
    plant: onInbox((inbox) => ({
      retryAt: (id) => inbox.finish(id, 'ignored'),
      quarantine: (id) => inbox.finish(id, 'ignored'),
    })),
  },
  events_by_kind: {
    wrong: 'two webhooks about one object count as the same event',
    plant: onProvider(({ webhooks }) => ({
      webhooks: {
        ...webhooks,
        read: (body) => {
          const notice = webhooks.read(body);
          if (typeof notice !== 'object' || notice === null || !('providerReference' in notice.outcome)) return notice;
          return { ...notice, id: `${notice.kind} ${notice.outcome.providerReference}` };
        },
      },
    })),
  },
};
