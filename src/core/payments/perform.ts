import { assert, defined } from '#core/kit/assert.ts';
import { deriveFingerprint } from '#core/kit/id.ts';
import type { Clock } from '#core/kit/world.ts';
import type { OperationRequest } from '#core/provider/port.ts';
import { type Errand, type Send, requestHashOf } from '#core/provider/send.ts';
import type { Observation, PaymentCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { PaymentMethod } from './events.ts';
import { type Histories, type History, latest } from './history.ts';
import { type Operation, type Payment, findOperation, operationId } from './payment.ts';
import type { ConnectedAccount, ProviderAccounts } from './ports.ts';
import type { OperationIntent, Route } from './route.ts';

export type PerformDeps = { histories: Histories; accounts: ProviderAccounts; send: Send; clock: Clock; idSecret: Uint8Array };

/** Another writer got there first this many times in a row: something is wrong, and the next worker tries again later. */
const APPEND_ATTEMPTS_MAX = 8;

/** Performing operations: sending them, asking about them, and writing down what was learned. */
export function createPerform({ histories, accounts, send, clock, idSecret }: PerformDeps) {
  /** How a new payment would go: the decider writes down what will be sent before it is. */
  function routeFor(payment: Pick<Payment, 'id' | 'merchant' | 'currency'>, method: PaymentMethod, connected: ConnectedAccount): Route {
    const { provider, account } = connected;
    return {
      provider: provider.name,
      account: account.id,
      adapterVersion: provider.version,
      timing: account.timing,
      fingerprint: (intent) => {
        const idempotencyKey = deriveFingerprint(idSecret, 'provider', payment.merchant, payment.id, String(intent.operation));
        const request = provider.request(describe(payment, intent, { token: method.token, idempotencyKey }), account);
        return { idempotencyKey, requestHash: requestHashOf(request) };
      },
    };
  }

  /** Sends an operation whose `sent` this very call has made durable, and writes down what came of it. */
  async function sendOperation(history: History, n: number, decidedAt: number): Promise<History> {
    const { learned, kept } = await send.request(errandOf(history, n), decidedAt);
    const observation: Observation = learned.kind === 'answer' ? { ...learned, kind: 'reply' } : learned;
    return await observe(history, { n, observation, kept });
  }

  async function inquire(history: History, n: number): Promise<History> {
    const errand = errandOf(history, n);
    const { learned, kept } = await send.inquire(errand);
    const observation: Observation =
      learned.kind === 'answer'
        ? { ...learned, kind: 'inquiry', propagationMs: errand.account.timing.propagationMs }
        : { kind: 'inquiry_unanswered', reason: learned.reason };
    return await observe(history, { n, observation, kept });
  }

  async function observe(history: History, { n, observation, kept }: { n: number; observation: Observation; kept: Promise<void> }): Promise<History> {
    const [changed] = await Promise.all([change(history, { type: 'observe', now: clock.now(), operation: n, observation }), kept]);
    return changed;
  }

  /** Decides and appends until nobody else gets in between. What the decider refuses here is a fact that has been overtaken. */
  async function change(from: History, command: Exclude<PaymentCommand, { type: 'create' }>): Promise<History> {
    let history = from;
    for (let attempt = 1; attempt <= APPEND_ATTEMPTS_MAX; attempt += 1) {
      const decision = decide(latest(history), command);
      if (!decision.ok || decision.value.length === 0) return history;
      const appended = await histories.append(history, decision.value, null);
      if (appended !== 'conflict') return appended;
      history = await histories.load(history.stream);
    }
    assert(false, `${from.stream} changed ${APPEND_ATTEMPTS_MAX} times while one command tried to append`);
  }

  function errandOf(history: History, n: number): Errand {
    const payment = defined(latest(history) ?? undefined, `${history.stream} is empty`);
    const operation = defined(findOperation(payment, n), `${history.stream} has no operation ${n}`);
    const { provider, account } = defined(accounts.find(operation.sending.account) ?? undefined, `no account ${operation.sending.account}`);
    return { provider, account, operation: requestOf(payment, operation) };
  }

  return { routeFor, sendOperation, inquire, change };
}

export type Perform = ReturnType<typeof createPerform>;

function requestOf(payment: Payment, operation: Operation): OperationRequest {
  const intent = { operation: operation.n, kind: operation.kind, amountMinor: operation.amountMinor, capture: operation.captures };
  const token = payment.personal?.paymentMethod.token ?? '';
  return describe(payment, intent, { token, idempotencyKey: operation.sending.idempotencyKey });
}

function describe(
  payment: Pick<Payment, 'id' | 'currency'>,
  intent: OperationIntent,
  { token, idempotencyKey }: Pick<OperationRequest, 'token' | 'idempotencyKey'>,
): OperationRequest {
  return {
    kind: intent.kind,
    reference: operationId(payment.id, intent.operation),
    payment: payment.id,
    amountMinor: intent.amountMinor,
    currency: payment.currency,
    capture: intent.capture,
    token,
    idempotencyKey,
  };
}

