import { deriveFingerprint, deriveId } from '#core/kit/id.ts';
import { type Json, canonicalJson } from '#core/kit/canonicalJson.ts';
import { assert } from '#core/kit/assert.ts';
import { type Result, err, ok } from '#core/kit/result.ts';
import type { Clock } from '#core/kit/world.ts';
import type { CreatePayment as CreatePaymentCommand } from './commands.ts';
import { decide } from './decide.ts';
import { type Histories, type History, emptyHistory, latest } from './history.ts';
import type { Payment } from './payment.ts';
import type { Perform } from './perform.ts';
import type { ProviderAccounts } from './ports.ts';

export type CreatePaymentDeps = {
  histories: Histories;
  perform: Perform;
  accounts: ProviderAccounts;
  clock: Clock;
  idSecret: Uint8Array;
  /** 'local', 'staging', …: the same key in two environments is two payments. */
  environment: string;
};

export type CreatePaymentRequest = Pick<CreatePaymentCommand, 'amountMinor' | 'currency' | 'capture' | 'attemptsMax' | 'personal'> & {
  merchant: string;
  idempotencyKey: string;
  /** The request as the client wrote it: a repeated key with another body is refused. */
  body: Json;
};

/** A payment as it was when the command that asked for it had no operation left in `sent`. */
export type Answer = { payment: Payment; replayed: boolean };

export type CreatePaymentRejection =
  | { code: 'idempotency_key_reused' }
  | { code: 'idempotency_key_in_use'; retryAfterMs: number }
  | { code: 'no_provider_account' };

const COMMAND = 'create';
const FIRST_COMMIT = 1;

/** Creates a payment and authorises it; a repeated key finds the same payment, because the key is its address. */
export function createCreatePayment({ histories, perform, accounts, clock, idSecret, environment }: CreatePaymentDeps) {
  return async function createPayment(request: CreatePaymentRequest): Promise<Result<Answer, CreatePaymentRejection>> {
    const decidedAt = clock.monotonic();
    const id = `pay_${deriveId(idSecret, environment, request.merchant, request.idempotencyKey)}`;
    const connected = accounts.choose(request.merchant);
    if (connected === null) return err({ code: 'no_provider_account' });
    const { idempotencyKey, body, ...facts } = request;
    const route = perform.routeFor({ id, merchant: request.merchant, currency: request.currency }, request.personal.paymentMethod, connected);
    const decision = decide(null, { type: 'create', now: clock.now(), id, ...facts, route });
    assert(decision.ok, 'a new payment can be created');
    const fingerprint = deriveFingerprint(idSecret, 'request', canonicalJson(body));
    const appended = await histories.append(emptyHistory(id), decision.value, { name: COMMAND, key: idempotencyKey, request: fingerprint });
    if (appended === 'conflict') return await replay(await histories.load(id), fingerprint);
    return answer(await perform.sendOperation(appended, 1, decidedAt), false);
  };

  async function replay(history: History, fingerprint: string): Promise<Result<Answer, CreatePaymentRejection>> {
    if (history.versions[0]?.command?.request !== fingerprint) return err({ code: 'idempotency_key_reused' });
    if (settledVersion(history, FIRST_COMMIT) !== null) return answer(history, true);
    const waitMs = deadlineOf(history) - clock.now();
    if (waitMs > 0) return err({ code: 'idempotency_key_in_use', retryAfterMs: waitMs });
    return answer(await timeOut(history), true);
  }

  /** Nobody wrote the outcome before the deadline: that is written down first, and then it is the answer. */
  async function timeOut(from: History): Promise<History> {
    let history = from;
    for (const operation of latest(from)?.operations ?? []) {
      if (operation.outcome.status === 'sent') history = await perform.change(history, { type: 'time_out', now: clock.now(), operation: operation.n });
    }
    return history;
  }

  function answer(history: History, replayed: boolean): Result<Answer, CreatePaymentRejection> {
    const payment = settledVersion(history, FIRST_COMMIT);
    assert(payment !== null, `${history.stream} has no version that answers its creation`);
    return ok({ payment, replayed });
  }
}

/** The first version at which the command that wrote commit `seq` has no operation left in `sent`. */
export function settledVersion(history: History, seq: number): Payment | null {
  const settled = history.versions
    .slice(seq - 1)
    .find(({ payment }) => payment.operations.every((operation) => operation.command !== seq || operation.outcome.status !== 'sent'));
  return settled?.payment ?? null;
}

function deadlineOf(history: History): number {
  return Math.max(...(latest(history)?.operations ?? []).map((operation) => operation.sending.deadline));
}

export type CreatePayment = ReturnType<typeof createCreatePayment>;
