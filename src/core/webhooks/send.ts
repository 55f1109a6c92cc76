import { maskCardNumbers } from '#core/kit/cardNumber.ts';
import type { Clock } from '#core/kit/world.ts';
import type { Attempt } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import type { Deliverer, DeliveryResult } from './ports.ts';
import { judge, type Verdict } from './retries.ts';
import { signedHeaders } from './sign.ts';

/** Standard Webhooks recommends 15 to 30 s. */
export const ATTEMPT_TIMEOUT_MS = 15_000;
const RESPONSE_CHARACTERS_MAX = 256;

export type SendWebhookDeps = { endpoints: Pick<Endpoints, 'openSecrets'>; deliverer: Deliverer; clock: Clock };
export type Sent = { attempt: Attempt; verdict: Verdict };

/** One attempt: signed now, sent once, judged. */
export function createSendWebhook({ endpoints, deliverer, clock }: SendWebhookDeps) {
  return async (endpoint: WebhookEndpoint, { id, body }: { id: string; body: string }): Promise<Sent> => {
    const at = clock.now();
    const result = await deliverer({
      url: endpoint.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Florin-Webhooks/1',
        ...signedHeaders({ id, at, body }, await endpoints.openSecrets(endpoint)),
      },
      body,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    });
    const verdict = judge(result, clock.now());
    return { attempt: attemptOf(result, { at, succeeded: verdict.kind === 'succeeded' }), verdict };
  };
}

export type SendWebhook = ReturnType<typeof createSendWebhook>;

function attemptOf(result: DeliveryResult, { at, succeeded }: Pick<Attempt, 'at' | 'succeeded'>): Attempt {
  const made = { at, durationMs: Math.round(result.durationMs), succeeded };
  return result.kind === 'answered'
    ? { ...made, status: result.status, failure: null, responseStart: startOf(result.bodyStart) }
    : { ...made, status: null, failure: result.reason, responseStart: null };
}

/** Whoever runs the endpoint wrote it: cut, in one line, and without what must not be kept. */
function startOf(body: string): string {
  // Masked before it is cut, so that no number is cut into one that is not recognised.
  const line = maskCardNumbers(body).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return line.slice(0, RESPONSE_CHARACTERS_MAX);
}
