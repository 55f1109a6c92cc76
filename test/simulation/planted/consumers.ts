import { nextDueAt } from '#core/payments/owed.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';
import { createHeads, statementText } from '#core/proof/roots.ts';
import type { Plant, PlantedBugs } from './plant.ts';

/** Bugs in what follows the feed and in what performs what is owed. */
export const CONSUMER_BUGS: PlantedBugs = {
  ledger_without_dedupe: {
    wrong: 'the ledger posts again what comes again',
    plant: {
      storage: ({ ledger }) => {
        const { append } = ledger;
        let shift = 0;
        ledger.append = ({ entries, position }) => {
          shift += position;
          return append({
            entries: entries.map((entry) => ({ ...entry, position: entry.position + shift })),
            position,
          });
        };
      },
    },
  },
  position_before_the_batch: {
    wrong: 'a consumer saves its position before its effects, and dies between',
    plant: onProjection('payment_index', ({ save }) => ({
      save: async (payments, position, commits) => {
        await save([], position, []);
        await save(payments, position, commits);
      },
    })),
  },
  index_takes_older_versions: {
    wrong: 'the index takes whatever comes, also what is older than what it has',
    plant: {
      storage: ({ index }) => {
        const { save } = index.projection;
        index.projection.save = (payments, position, commits) =>
          save(
            payments.map((payment) => ({ ...payment, version: payment.version + 1000 * position })),
            position,
            commits,
          );
      },
    },
  },
  feed_skips_what_overlaps: {
    wrong:
      'of two commits that are written at once, the feed may show the second first, and the reader passes the other',
    plant: {
      ports: (ports, { world }) => {
        const dice = world.chance.of('feed gaps');
        const read: typeof ports.feed.read = async (position, limit) => {
          const items = await ports.feed.read(position, limit);
          return items.length > 1 && dice.next() < 0.05
            ? items.filter((_, index) => index !== items.length - 2)
            : items;
        };
        return { ...ports, feed: { ...ports.feed, read } };
      },
    },
  },
  schedule_forgets_what_it_gave: {
    wrong: 'a payment leaves the schedule when it is taken up, and nothing puts it back',
    plant: {
      ports: (ports) => ({
        ...ports,
        schedule: {
          ...ports.schedule,
          postpone: (id) => ports.schedule.correct(id, Number.MAX_SAFE_INTEGER, null),
          restore: async () => false,
        },
      }),
    },
  },
  patience: {
    wrong: 'what is owed is put off by half a day each time',
    plant: {
      ports: (ports) => ({
        ...ports,
        schedule: {
          ...ports.schedule,
          postpone: (id, dueAt) => ports.schedule.postpone(id, dueAt + 12 * 60 * 60 * 1000),
          correct: async () => {},
        },
      }),
    },
  },
  stale_row_stays: {
    wrong: 'a row that a slow process writes into the schedule after a newer one was taken out stands for ever',
    plant: { ports: (ports) => ({ ...ports, schedule: { ...ports.schedule, correct: async () => {} } }) },
  },
  schedule_in_memory: {
    wrong: 'what is due is kept in the memory of the process that heard of it',
    plant: {
      ports: (ports) => {
        const due = new Map<string, number>();
        const schedule = ports.projections.find(({ name }) => name === 'schedule');
        const save: PaymentProjection['save'] = async (payments, position) => {
          for (const payment of payments) due.set(payment.id, nextDueAt(payment) ?? Number.POSITIVE_INFINITY);
          await schedule?.save([], position, []);
        };
        return {
          ...ports,
          projections: ports.projections.map((projection) =>
            projection === schedule ? { ...projection, save } : projection,
          ),
          schedule: {
            due: async (now, limit) =>
              [...due]
                .filter(([, at]) => at <= now)
                .map(([id]) => id)
                .slice(0, limit),
            postpone: async (id, at) => void due.set(id, at),
            correct: async (id, _, at) => void due.set(id, at ?? Number.POSITIVE_INFINITY),
            restore: async () => false,
          },
        };
      },
    },
  },
  poison_not_shown: {
    wrong: 'a stream that can not be read is skipped without a word',
    plant: { ports: (ports) => ({ ...ports, parking: { ...ports.parking, park: () => {} } }) },
  },
  poison_stops_everything: {
    wrong: 'a commit that can not be read stops the consumer for all streams',
    plant: {
      ports: (ports) => ({
        ...ports,
        parking: {
          ...ports.parking,
          park: () => {
            throw new Error('the consumer gives up');
          },
        },
      }),
    },
  },
  roots_by_many: {
    wrong: 'two instances sign a root of the same number',
    plant: {
      storage: ({ roots }) => {
        const stored = roots.stored as unknown[];
        roots.append = async (root) => void stored.push(root);
      },
    },
  },
  roots_over_what_came_again: {
    wrong: 'what the feed gives again is signed again, with the commits that came since',
    plant: {
      ports: (ports) => {
        const append: typeof ports.roots.append = async ({ signature: _, ...statement }) => {
          const from = (await ports.roots.all()).at(-1)?.position ?? 0;
          const heads = createHeads();
          for (const item of await ports.feed.read(from, statement.position - from)) heads.add(item);
          const over = { ...statement, ...heads.statement() };
          await ports.roots.append({ ...over, signature: ports.signer.sign(statementText(over)) });
        };
        return { ...ports, roots: { ...ports.roots, append } };
      },
    },
  },
};

function onProjection(name: string, change: (projection: PaymentProjection) => Partial<PaymentProjection>): Plant {
  return {
    ports: (ports) => ({
      ...ports,
      projections: ports.projections.map((projection) =>
        projection.name === name ? { ...projection, ...change(projection) } : projection,
      ),
    }),
  };
}
