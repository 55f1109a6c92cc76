import { createMemoryJournal } from '#core/journal/memory.ts';
import { assert } from '#core/kit/assert.ts';
import { idSecretOf } from '#core/kit/id.ts';
import { secret } from '#core/kit/secret.ts';
import { createFixedAccounts } from '#core/payments/accountsFake.ts';
import { createHistories, emptyHistory, type History, latest } from '#core/payments/history.ts';
import { operationId, type Payment } from '#core/payments/payment.ts';
import { createPerform, type TimelessCommand } from '#core/payments/perform.ts';
import { createPlanner } from '#core/payments/planner.ts';
import { doubleProvider } from '#core/payments/platformFake.ts';
import type { ConnectedAccount } from '#core/payments/ports.ts';
import { createBreaker } from '#core/provider/breaker.ts';
import type { Outcome, Provider, WebhookNotice } from '#core/provider/port.ts';
import type { TransportResult } from '#core/provider/ports.ts';
import { createSend } from '#core/provider/send.ts';
import { createIngestWebhook } from './ingestWebhook.ts';
import { createMemoryInbox, createMemoryReferences } from './memory.ts';
import type { InboxItem } from './ports.ts';
import { createReceiveWebhook } from './receiveWebhook.ts';

export const PAYMENT = `pay_${'7'.repeat(32)}`;
const MINUTE_MS = 60_000;
const TIMING = { connectMs: 1, sendWithinMs: 1, exchangeMs: 2, propagationMs: 1 };
/** An adapter must not throw; this body makes ours do it. */
export const POISON = 'poison';
/** The adapter knows this, and that it is not about a payment. */
export const OTHER_NEWS = 'account settings changed';

/** An event with this id is about another account at the provider, told to the same endpoint. */
export const ANOTHERS = 'evt_of_another';

type Reply = Outcome | 'silence';

/** Payments over a memory journal, and a provider that says what the test tells it to; `echoes`: its webhooks carry our ids. */
export function createWorld({ echoes = true }: { echoes?: boolean } = {}) {
  const time = { now: 1_700_000_000_000 };
  const clock = { now: () => time.now, monotonic: () => time.now };
  const replies: Reply[] = [];
  const random = createCounter();
  const provider = providerFor(echoes);
  const connected = ['acct_1', 'acct_2'].map((id) => connect(provider, id));
  const accounts = createFixedAccounts(connected);
  const { journal } = createMemoryJournal();
  const histories = createHistories({ journal, clock, random });
  const breaker = createBreaker({ clock });
  const idSecret = idSecretOf(new Uint8Array(32));
  const parts = createPlanner({ accounts, breaker, idSecret, returnUrlOf: (payment) => payment });
  const transport = async (): Promise<TransportResult> => {
    const reply = replies.shift() ?? 'silence';
    if (reply === 'silence') return { kind: 'unanswered', reason: 'silence' };
    return { kind: 'response', response: { status: 200, headers: {}, body: encode(reply) } };
  };
  const send = createSend({
    transport,
    exchanges: { keep: async () => {}, of: async () => [] },
    breaker,
    clock,
    doubt: accounts.doubt,
  });
  const perform = createPerform({ histories, parts, send, clock });
  const inbox = createMemoryInbox();
  const references = createMemoryReferences(() => echoes);
  const logged: string[] = [];
  const log = { info: () => {}, error: (message: string) => void logged.push(message) };
  const ingestDeps = { inbox, references, accounts, histories, perform, clock, log };
  const receiving = createReceiveWebhook({ accounts, inbox, clock });

  async function change(command: TimelessCommand, reply?: Reply): Promise<Payment> {
    if (reply !== undefined) replies.push(reply);
    const from: History = command.type === 'create' ? emptyHistory(PAYMENT) : await histories.load(PAYMENT);
    const changed = await perform.attempt(from, command, null);
    assert(changed !== 'conflict' && changed.ok, `${command.type} was refused`);
    return await payment();
  }

  async function payment(): Promise<Payment> {
    const found = latest(await histories.load(PAYMENT));
    assert(found !== null, 'there is a payment');
    return found;
  }

  /** A payment of 1000, captured at once, known to its provider as `auth_1`. */
  async function pay(reply: Reply = succeeded('auth_1', 1)): Promise<Payment> {
    return await change(CREATE, reply);
  }

  async function receive(body: string, { account = 'acct_1', signedBy = account }: Signing = {}) {
    const headers = { signature: sign(signedBy, body) };
    return await receiving.receive({ provider: provider.name, account, headers, body: Buffer.from(body) });
  }

  /** Receives a webhook and works on it; tells what became of it. */
  async function tell(notice: Partial<WebhookNotice> | string, signing: Signing = {}) {
    const received = await receive(typeof notice === 'string' ? notice : bodyOf(notice), signing);
    assert(received.ok, 'it is genuine');
    await work();
    return await stateOf(received.value.id);
  }

  async function work(): Promise<void> {
    for (const item of await inbox.due(time.now, 100)) await createIngestWebhook(ingestDeps).ingest(item);
  }

  async function stateOf(id: string) {
    const page = await inbox.quarantined(null, 100);
    const held = page === 'cursor_invalid' ? undefined : page.items.find((item) => item.id === id);
    if (held !== undefined) return { quarantined: held.reason, attempts: held.attempts };
    const waiting = (await inbox.due(Number.MAX_SAFE_INTEGER, 100)).find((item) => item.id === id);
    return waiting === undefined ? 'finished' : { waiting: waiting.attempts };
  }

  async function first(): Promise<InboxItem> {
    const [item] = await inbox.due(Number.MAX_SAFE_INTEGER, 1);
    assert(item !== undefined, 'something waits');
    return item;
  }

  const tools = { time, logged, change, payment, pay, receive, tell, work, stateOf, first };
  return { ...tools, ingestDeps, inbox, references, accounts, histories, clock, receiving };
}

export type World = ReturnType<typeof createWorld>;
type Signing = { account?: string; signedBy?: string };

/** Bytes that differ each time, and are the same in every run. */
function createCounter() {
  let calls = 0;
  return {
    bytes: (count: number) => {
      calls += 1;
      return new Uint8Array(count).fill(calls % 256);
    },
  };
}

const CREATE: TimelessCommand = {
  type: 'create',
  id: PAYMENT,
  merchant: 'mer_1',
  amountMinor: 1000n,
  currency: 'EUR',
  capture: 'automatic',
  confirm: true,
  attemptsMax: null,
  allowPartial: false,
  personal: {
    paymentMethod: { type: 'card', token: 'tok' },
    customer: null,
    description: null,
    statementDescriptor: null,
    returnUrl: null,
    metadata: {},
  },
};

export const ours = (n: number): string => operationId(PAYMENT, n);

type Said<Word extends Outcome['outcome']> = Extract<Outcome, { outcome: Word }>;

export function succeeded(providerReference: string | null, providerVersion: number): Said<'succeeded'> {
  return { outcome: 'succeeded', capturedMinor: 1000n, ...seen(providerReference, providerVersion) };
}

export function pending(providerReference: string, providerVersion: number): Said<'pending'> {
  return { outcome: 'pending', ...seen(providerReference, providerVersion) };
}

export function failed(
  outcome: 'declined' | 'reversed',
  providerReference: string,
  providerVersion: number,
): Said<'declined' | 'reversed'> {
  const why = { code: 'unknown', providerCode: null, message: null } as const;
  return { outcome, ...why, ...seen(providerReference, providerVersion) };
}

function seen(providerReference: string | null, providerVersion: number) {
  return { amountMinor: 1000n, currency: 'EUR', providerReference, providerVersion };
}

const BLANK: WebhookNotice = {
  id: 'evt_1',
  kind: 'authorize',
  reference: null,
  payment: null,
  targetReference: null,
  outcome: { outcome: 'unknown', reason: 'blank' },
};

export function sign(account: string, body: string): string {
  return `signed by ${account}: ${body.length}`;
}

function providerFor(echoesReferences: boolean): Provider {
  const request: Provider['request'] = ({ reference }) => ({ method: 'POST', url: '/', headers: {}, body: reference });
  const read: Provider['read'] = (_, { body }) => decode(body) as Outcome;
  return {
    name: 'fake',
    version: 1,
    capabilities: { multipleCaptures: true, voidsRest: true, idempotencyWindowMs: MINUTE_MS, echoesReferences },
    account: doubleProvider.account,
    request,
    read,
    inquiry: { kind: 'strong', request, read },
    webhooks: {
      isGenuine: ({ headers, body }, account) => headers['signature'] === sign(account.id, body),
      read: (body) => {
        assert(body !== POISON, 'poison');
        return body.startsWith('{') ? (decode(body) as WebhookNotice) : null;
      },
      isOther: (body) => body === OTHER_NEWS,
      isOf: (body) => !body.includes(ANOTHERS),
      split: (body) => {
        assert(body !== POISON, 'poison');
        return body.split('\n');
      },
    },
    scrub: { headers: [], fields: ['token'] },
  };
}

function connect(provider: Provider, id: string): ConnectedAccount {
  const credentials = { api_key: [secret('k')] };
  return {
    provider,
    account: { id, provider: provider.name, baseUrl: '', credentials, settings: {}, timing: TIMING },
  };
}

/** The body of a webhook of the fake provider. */
export function bodyOf(notice: Partial<WebhookNotice>): string {
  return encode({ ...BLANK, ...notice });
}

/** JSON with amounts: a bigint is written as `{"minor":"…"}`. */
function encode(value: object): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? { minor: String(part) } : part));
}

function decode(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) =>
    part !== null && typeof part === 'object' && 'minor' in part ? BigInt(part.minor as string) : part,
  );
}
