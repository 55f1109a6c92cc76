import { createIngestWebhook } from '#core/ingress/ingestWebhook.ts';
import { keptReferences } from '#core/ingress/keptReferences.ts';
import { createMemoryInbox } from '#core/ingress/memory.ts';
import { createReceiveWebhook } from '#core/ingress/receiveWebhook.ts';
import { createMemoryJournal } from '#core/journal/memory.ts';
import { idSecretOf } from '#core/kit/id.ts';
import type { Clock } from '#core/kit/world.ts';
import { createFixedAccounts } from '#core/payments/accountsFake.ts';
import { createChangePayment } from '#core/payments/changePayment.ts';
import { createCompleteAction } from '#core/payments/completeAction.ts';
import { createCreatePayment } from '#core/payments/createPayment.ts';
import { createHistories, latest } from '#core/payments/history.ts';
import { createPerform } from '#core/payments/perform.ts';
import { createPlanner } from '#core/payments/planner.ts';
import { createPursue } from '#core/payments/pursue.ts';
import { createRunCommand } from '#core/payments/runCommand.ts';
import { createBreaker } from '#core/provider/breaker.ts';
import type { Provider, ProviderAccount } from '#core/provider/port.ts';
import type { Transport } from '#core/provider/ports.ts';
import { createSend } from '#core/provider/send.ts';

export type Connected = { provider: Provider; account: ProviderAccount };

let platforms = 0;

/** The use cases of the platform around one adapter, in memory, with a clock that only the test moves. One payment. */
export function createPlatform({ provider, account }: Connected, transport: Transport, clock: Clock) {
  const { journal } = createMemoryJournal();
  let counter = 0;
  const random = {
    bytes: (count: number) => {
      counter += 1;
      return Uint8Array.from({ length: count }, (_, index) => (counter >> (8 * (index % 4))) & 255);
    },
  };
  platforms += 1;
  // Doubles may be shared: no two payments have the same id.
  const idSecret = idSecretOf(Buffer.from(`id secret ${platforms} of the kit`));
  const connected = { provider, account };
  const accounts = createFixedAccounts([connected]);
  const faults: string[] = [];
  const log = { info: () => {}, error: (message: string) => void faults.push(message) };
  const histories = createHistories({ journal, clock, random });
  const breaker = { ...createBreaker({ clock }), mayPass: () => true };
  const exchanges = { keep: async () => {}, of: async () => [] };
  const send = createSend({ transport, exchanges, breaker, clock, doubt: accounts.doubt });
  const returnUrlOf = (payment: string) => `https://florin.example/return/${payment}`;
  const parts = createPlanner({ accounts, breaker, idSecret, returnUrlOf });
  const perform = createPerform({ histories, parts, send, clock });
  const runCommand = createRunCommand({ histories, perform, clock, idSecret });
  const inbox = createMemoryInbox();
  const known = new Set<string>();
  const references = {
    find: async (at: string, reference: string) => {
      for (const id of known) {
        const payment = latest(await histories.load(id));
        const kept = payment === null ? [] : keptReferences([payment], () => false);
        if (kept.some((each) => each.account === at && each.reference === reference)) return id;
      }
      return null;
    },
  };
  const ingestWebhook = createIngestWebhook({ inbox, references, accounts, histories, perform, clock, log });
  return {
    known,
    inbox,
    paymentOf: async (id: string) => latest(await histories.load(id)),
    createPayment: createCreatePayment({ runCommand, idSecret, environment: 'kit' }),
    changePayment: createChangePayment({ histories, runCommand }),
    completeAction: createCompleteAction({ histories, perform, clock }),
    pursue: createPursue({ histories, perform, clock, log }),
    receiveWebhook: createReceiveWebhook({ accounts, inbox, clock }).receive,
    /** Works on everything that waits in the inbox and is due. */
    ingestDue: async () => {
      for (const item of await inbox.due(clock.now(), 100)) await ingestWebhook.ingest(item);
    },
  };
}

export type Platform = ReturnType<typeof createPlatform>;
