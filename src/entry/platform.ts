import { showEndpointNotice, showMerchantEvent } from '#api/schemas/showWebhook.ts';
import type { Documents } from '#core/documents/ports.ts';
import { createIngestWebhook } from '#core/ingress/ingestWebhook.ts';
import type { Inbox, References } from '#core/ingress/ports.ts';
import { createQuarantine } from '#core/ingress/quarantine.ts';
import { createReceiveWebhook } from '#core/ingress/receiveWebhook.ts';
import type { Feed, Journal } from '#core/journal/ports.ts';
import type { IdSecret } from '#core/kit/id.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock, Random, Timers } from '#core/kit/world.ts';
import type { LedgerStore } from '#core/ledger/ports.ts';
import { createLedgerProjection } from '#core/ledger/projection.ts';
import { createReadLedger } from '#core/ledger/readLedger.ts';
import { createChangePayment } from '#core/payments/changePayment.ts';
import { createCompleteAction } from '#core/payments/completeAction.ts';
import { createCreatePayment } from '#core/payments/createPayment.ts';
import { createHistories, type Histories } from '#core/payments/history.ts';
import { createStateEvidence } from '#core/payments/operator.ts';
import type { Parking } from '#core/payments/parking.ts';
import { createPerform } from '#core/payments/perform.ts';
import { createPlanner } from '#core/payments/planner.ts';
import type { PaymentIndex, ProviderAccounts, Schedule } from '#core/payments/ports.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';
import { createPursue } from '#core/payments/pursue.ts';
import { createReadPayments } from '#core/payments/readPayments.ts';
import { createReadProviders } from '#core/payments/readProviders.ts';
import { createRunCommand } from '#core/payments/runCommand.ts';
import { createSignRoot, type Roots, type Signer } from '#core/proof/roots.ts';
import { createBreaker } from '#core/provider/breaker.ts';
import type { Exchanges, Transport } from '#core/provider/ports.ts';
import { createSend } from '#core/provider/send.ts';
import type { Sealer } from '#core/secrets/ports.ts';
import { createDeliverWebhook, type Render } from '#core/webhooks/deliver.ts';
import { createDeliveries } from '#core/webhooks/deliveries.ts';
import { createEndpoints } from '#core/webhooks/endpoints.ts';
import type { CheckUrl, Deliverer, DeliveryQueue, EventStore } from '#core/webhooks/ports.ts';
import { createWebhooksProjection } from '#core/webhooks/projection.ts';
import { createReadEvents } from '#core/webhooks/readEvents.ts';
import { createSendWebhook } from '#core/webhooks/send.ts';
import { createDeliverWebhooks } from '#workers/deliverWebhooks.ts';
import { createFollowPayments } from '#workers/followPayments.ts';
import { createForgetEvents } from '#workers/forgetEvents.ts';
import { createIngestWebhooks } from '#workers/ingestWebhooks.ts';
import { createPursueOwed } from '#workers/pursueOwed.ts';
import { createSignRoots } from '#workers/signRoots.ts';
import { createSweepOpen } from '#workers/sweepOpen.ts';

/** What the platform runs on. */
export type Ports = {
  journal: Journal;
  feed: Feed;
  exchanges: Exchanges;
  inbox: Inbox;
  references: References;
  index: PaymentIndex;
  schedule: Schedule;
  ledger: LedgerStore;
  projections: readonly PaymentProjection[];
  parking: Parking;
  roots: Roots;
  signer: Signer;
  documents: Documents;
  sealer: Sealer;
  webhooks: WebhookPorts;
  accounts: ProviderAccounts;
  transport: Transport;
  clock: Clock;
  timers: Timers;
  random: Random;
  log: Log;
  idSecret: IdSecret;
  environment: string;
  /** Where the platform is reached from outside, without a slash at the end. */
  publicUrl: string;
};

/** How merchants are told. */
export type WebhookPorts = { events: EventStore; queue: DeliveryQueue; deliver: Deliverer; checkUrl: CheckUrl };

/** Ports in, use cases out. The one place where the parts are joined, whatever they run on. */
export function createPlatform(ports: Ports) {
  const {
    journal,
    feed,
    exchanges,
    inbox,
    references,
    index,
    schedule,
    ledger,
    projections,
    parking,
    roots,
    signer,
    accounts,
    transport,
    clock,
    timers,
    random,
    log,
    idSecret,
    environment,
    publicUrl,
  } = ports;
  const histories = createHistories({ journal, clock, random });
  const breaker = createBreaker({ clock });
  const send = createSend({ transport, exchanges, breaker, clock, doubt: accounts.doubt });
  const parts = createPlanner({
    accounts,
    breaker,
    idSecret,
    returnUrlOf: (payment) => `${publicUrl}/return/${payment}`,
  });
  const perform = createPerform({ histories, parts, send, clock });
  const runCommand = createRunCommand({ histories, perform, clock, idSecret });
  const ingestWebhook = createIngestWebhook({ inbox, references, accounts, histories, perform, clock, log });
  const telling = createTelling(ports, histories);
  return {
    webhookEndpoints: telling.endpoints,
    webhookDeliveries: telling.deliveries,
    readEvents: telling.readEvents,
    receiveWebhook: createReceiveWebhook({ accounts, inbox, clock }).receive,
    quarantine: createQuarantine({ inbox, accounts, clock }),
    createPayment: createCreatePayment({ runCommand, idSecret, environment }),
    changePayment: createChangePayment({ histories, runCommand }),
    readPayments: createReadPayments({ histories, index, exchanges }),
    readProviders: createReadProviders({ accounts, breaker }),
    completeAction: createCompleteAction({ histories, perform, clock }),
    parking,
    circuitsOpen: breaker.openCount,
    readLedger: createReadLedger({ ledger }),
    stateEvidence: createStateEvidence({ histories, perform }),
    startWorkers: () => {
      const books = createLedgerProjection({ ledger, parking, clock, log });
      const follower = createFollowPayments({
        feed,
        histories,
        projections: [...projections, books, telling.projection],
        parking,
        clock,
        timers,
        log,
      });
      const workers = [
        follower,
        createPursueOwed({ schedule, pursue: createPursue({ histories, perform, clock, log }), clock, timers, log }),
        createIngestWebhooks({ inbox, ingestWebhook, clock, timers, log }),
        createSweepOpen({ index, histories, schedule, timers, log }),
        ...telling.startWorkers(),
        createSignRoots({ feed, roots, signRoot: createSignRoot({ feed, roots, signer, clock }), clock, timers, log }),
      ];
      return {
        lag: follower.lag,
        stop: async () => {
          await Promise.all(workers.map((worker) => worker.stop()));
        },
      };
    },
  };
}

const RENDER: Render = {
  event: (event) => JSON.stringify(showMerchantEvent(event)),
  notice: (notice) => JSON.stringify(showEndpointNotice(notice)),
};

/** What follows from a payment for its merchant's endpoints. */
function createTelling(
  { documents, sealer, webhooks, clock, timers, random, log, idSecret }: Ports,
  histories: Histories,
) {
  const { events, queue, deliver, checkUrl } = webhooks;
  const endpoints = createEndpoints({ documents, sealer, queue, checkUrl, clock, random });
  const readEvents = createReadEvents({ events, histories, clock });
  const sendWebhook = createSendWebhook({ endpoints, deliverer: deliver, clock });
  const parts = { queue, endpoints, readEvents, sendWebhook, render: RENDER, clock, random, idSecret, log };
  return {
    endpoints,
    readEvents,
    deliveries: createDeliveries(parts),
    projection: createWebhooksProjection({ events, endpoints, clock, idSecret, log }),
    startWorkers: () => [
      createDeliverWebhooks({ queue, deliverWebhook: createDeliverWebhook(parts), clock, timers, log }),
      createForgetEvents({ events, clock, timers, log }),
    ],
  };
}
