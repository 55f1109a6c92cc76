import type { Feed, Journal } from '#core/journal/ports.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock, Random } from '#core/kit/world.ts';
import { createCreatePayment } from '#core/payments/createPayment.ts';
import { createHistories } from '#core/payments/history.ts';
import { createPerform } from '#core/payments/perform.ts';
import type { PaymentIndex, ProviderAccounts, Schedule } from '#core/payments/ports.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';
import { createPursue } from '#core/payments/pursue.ts';
import { createReadPayments } from '#core/payments/readPayments.ts';
import type { Exchanges, Transport } from '#core/provider/ports.ts';
import { createSend } from '#core/provider/send.ts';
import { createFollowPayments } from '#workers/followPayments.ts';
import { createPursueOwed } from '#workers/pursueOwed.ts';

/** What the platform runs on. */
export type Ports = {
  journal: Journal;
  feed: Feed;
  exchanges: Exchanges;
  index: PaymentIndex;
  schedule: Schedule;
  projections: readonly PaymentProjection[];
  accounts: ProviderAccounts;
  transport: Transport;
  clock: Clock;
  random: Random;
  log: Log;
  idSecret: Uint8Array;
  environment: string;
};

/** Ports in, use cases out. The one place where the parts are joined, whatever they run on. */
export function createPlatform(ports: Ports) {
  const { journal, feed, exchanges, index, schedule, projections, accounts, transport, clock, random, log, idSecret, environment } = ports;
  const histories = createHistories({ journal, clock, random });
  const send = createSend({ transport, exchanges, clock });
  const perform = createPerform({ histories, accounts, send, clock, idSecret });
  return {
    createPayment: createCreatePayment({ histories, perform, accounts, clock, idSecret, environment }),
    readPayments: createReadPayments({ histories, index }),
    startWorkers: () => {
      const follower = createFollowPayments({ feed, histories, projections, log });
      const pursuer = createPursueOwed({ schedule, pursue: createPursue({ histories, perform, clock }), clock, log });
      return {
        lag: follower.lag,
        stop: async () => {
          await Promise.all([follower.stop(), pursuer.stop()]);
        },
      };
    },
  };
}
