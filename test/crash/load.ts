import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ApiClient, PaymentBody, PaymentRequest } from '../support/apiClient.ts';
import type { Dice } from '../support/seeded.ts';

/** One payment as its client lived through it. */
export type Attempt = {
  request: PaymentRequest;
  /** Every 201 and 202, in order: what was promised. */
  answers: Answer<PaymentBody>[];
  /** Why each call that brought no answer didn't. */
  failures: string[];
};

export type LoadOptions = {
  client: ApiClient;
  dice: Dice;
  concurrency: number;
  /** No more payments than this, however fast the machine is. */
  paymentsMax: number;
};

/** Mostly what merchants see all day, and a few of everything that ends in doubt. */
const TOKENS: readonly (readonly [token: string, weight: number])[] = [
  ['tok_approved', 82],
  ['tok_declined', 10],
  ['tok_http_502', 4],
  ['tok_timeout_approved', 1],
  ['tok_timeout_lost', 1],
  ['tok_connection_refused', 2],
];
const CALLS_MAX = 200;
const RETRY_MS = 150;
const AMOUNT_MAX = 100_000;

/** Clients that pay one after the other, each with a new key, and that repeat a call with the same key until they know. */
export function startLoad({ client, dice, concurrency, paymentsMax }: LoadOptions) {
  const attempts: Attempt[] = [];
  const prefix = `load-${dice.between(0, 1e9)}`;
  let stopped = false;
  const given = { up: false };

  async function run(): Promise<void> {
    while (!stopped && attempts.length < paymentsMax) {
      const request = {
        key: `${prefix}-${attempts.length}`,
        amount: dice.between(1, AMOUNT_MAX),
        token: pickToken(dice),
      };
      const attempt: Attempt = { request, answers: [], failures: [] };
      attempts.push(attempt);
      await persist(client, attempt, given);
    }
  }

  const clients = Array.from({ length: concurrency }, run);
  return {
    attempts: attempts as readonly Attempt[],
    answered: () => attempts.filter((attempt) => attempt.answers.length > 0).length,
    /** No new payments; resolves when all that were begun have their answer or have given up. */
    stop: async (): Promise<readonly Attempt[]> => {
      stopped = true;
      await Promise.all(clients);
      return attempts;
    },
    /** After a failure: nobody tries any more. */
    [Symbol.asyncDispose]: async (): Promise<void> => {
      stopped = true;
      given.up = true;
      await Promise.all(clients);
    },
  };
}

async function persist(client: ApiClient, attempt: Attempt, given: { up: boolean }): Promise<void> {
  for (let call = 1; call <= CALLS_MAX && !given.up; call += 1) {
    try {
      const answer = await client.pay(attempt.request);
      if (answer.status === 201 || answer.status === 202) {
        attempt.answers.push(answer);
        return;
      }
      attempt.failures.push(`${answer.status} ${answer.body.code}`);
    } catch (error) {
      attempt.failures.push(String((error as { code?: unknown }).code ?? error));
    }
    await sleep(RETRY_MS);
  }
}

function pickToken(dice: Dice): string {
  let left = dice.between(
    1,
    TOKENS.reduce((sum, [, weight]) => sum + weight, 0),
  );
  for (const [token, weight] of TOKENS) {
    left -= weight;
    if (left <= 0) return token;
  }
  return 'tok_approved';
}
