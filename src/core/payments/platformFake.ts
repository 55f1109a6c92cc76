import { createMemoryJournal } from '#core/journal/memory.ts';
import type { Journal } from '#core/journal/ports.ts';
import { idSecretOf } from '#core/kit/id.ts';
import { secret } from '#core/kit/secret.ts';
import type { Clock, Random } from '#core/kit/world.ts';
import { credentialOf } from '#core/provider/accountForm.ts';
import { createBreaker } from '#core/provider/breaker.ts';
import type { Outcome, Provider } from '#core/provider/port.ts';
import type { Exchange, Transport, TransportResult } from '#core/provider/ports.ts';
import { createSend } from '#core/provider/send.ts';
import { createFixedAccounts } from './accountsFake.ts';
import { createChangePayment } from './changePayment.ts';
import { createCreatePayment } from './createPayment.ts';
import { createHistories } from './history.ts';
import { createStateEvidence } from './operator.ts';
import { createPerform } from './perform.ts';
import { createPlanner } from './planner.ts';
import type { ConnectedAccount } from './ports.ts';
import { createPursue } from './pursue.ts';
import { createRunCommand } from './runCommand.ts';

/** A provider whose wire format is the outcome itself, so that a test says what comes back. */
export const doubleProvider = {
  name: 'double',
  version: 1,
  capabilities: { multipleCaptures: true, voidsRest: true, idempotencyWindowMs: 1000, echoesReferences: true },
  account: {
    credentials: { api_key: { about: 'A key', pattern: /^sk_/, expects: 'sk_…', required: true, overlaps: false } },
    settings: {},
    baseUrl: () => 'http://provider',
    timing: { connectMs: 500, sendWithinMs: 500, exchangeMs: 1000, propagationMs: 2000 },
  },
  request: (operation, account) => ({
    method: 'POST',
    url: `${account.baseUrl}/${operation.kind}`,
    headers: {
      authorization: `Bearer ${credentialOf(account, 'api_key').reveal()}`,
      'idempotency-key': operation.idempotencyKey,
    },
    body: JSON.stringify({
      reference: operation.reference,
      amount: Number(operation.amountMinor),
      token: operation.token,
    }),
  }),
  read: (_, response) => JSON.parse(response.body) as Outcome,
  inquiry: {
    kind: 'strong',
    request: (operation, account) => ({
      method: 'GET',
      url: `${account.baseUrl}/${operation.reference}`,
      headers: {},
      body: null,
    }),
    read: (_, response) => JSON.parse(response.body) as Outcome,
  },
  webhooks: { isGenuine: () => true, read: () => null },
  scrub: { headers: [], fields: ['token'] },
} satisfies Provider;

export type MemoryPlatformOptions = {
  transport: Transport;
  wrapJournal?: (journal: Journal) => Journal;
  clock?: Clock & { advance: (ms: number) => void };
  provider?: Provider;
};

/** The use cases on a journal in memory and a clock that only the test moves. */
export function createMemoryPlatform({
  transport,
  wrapJournal = (journal) => journal,
  clock = createTestClock(),
  provider = doubleProvider,
}: MemoryPlatformOptions) {
  const { journal: stored, feed } = createMemoryJournal();
  const journal = wrapJournal(stored);
  const random = createTestRandom();
  const kept: Exchange[] = [];
  const idSecret = idSecretOf(Buffer.from('id secret'));
  const connected: ConnectedAccount = {
    provider,
    account: {
      id: 'acct_1',
      provider: 'double',
      baseUrl: 'http://provider',
      credentials: { api_key: [secret('sk_live')] },
      settings: {},
      timing: doubleProvider.account.timing,
    },
  };
  const accounts = createFixedAccounts([connected]);
  const exchanges = {
    keep: async (exchange: Exchange) => void kept.push(exchange),
    of: async (operation: string) => kept.filter((exchange) => exchange.operation === operation),
  };
  const histories = createHistories({ journal, clock, random });
  const breaker = createBreaker({ clock });
  const send = createSend({ transport, exchanges, breaker, clock, doubt: accounts.doubt });
  const parts = createPlanner({
    accounts,
    breaker,
    idSecret,
    returnUrlOf: (payment) => `http://florin/return/${payment}`,
  });
  const perform = createPerform({ histories, parts, send, clock });
  const told: string[] = [];
  const log = { info: () => {}, error: (message: string) => void told.push(message) };
  const runCommand = createRunCommand({ histories, perform, clock, idSecret });
  return {
    clock,
    breaker,
    connected,
    feed,
    journal: stored,
    histories,
    accounts,
    exchanges,
    kept,
    perform,
    createPayment: createCreatePayment({ runCommand, idSecret, environment: 'test' }),
    changePayment: createChangePayment({ histories, runCommand }),
    stateEvidence: createStateEvidence({ histories, perform }),
    pursue: createPursue({ histories, perform, clock, log }),
    told,
  };
}

export function createTestClock() {
  let now = 1_700_000_000_000;
  return {
    now: () => now,
    monotonic: () => now - 1_000_000_000_000,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

function createTestRandom(): Random {
  let counter = 0;
  return {
    bytes: (count) => {
      counter += 1;
      return Uint8Array.from({ length: count }, (_, index) => (counter >> (8 * (index % 4))) & 255);
    },
  };
}

/** An answer of the double. */
export function answer(outcome: string, fields: object = {}): TransportResult {
  const seen = {
    amountMinor: null,
    capturedMinor: null,
    currency: null,
    providerReference: 'ref_a',
    providerVersion: null,
    code: 'do_not_honor',
    providerCode: null,
    message: null,
  };
  return {
    kind: 'response',
    response: { status: 200, headers: {}, body: JSON.stringify({ outcome, ...seen, ...fields }) },
  };
}
