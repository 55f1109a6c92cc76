import { isIP } from 'node:net';
import { Agent } from 'undici';
import { maskCardNumbers } from '#core/kit/cardNumber.ts';
import type { Clock } from '#core/kit/world.ts';
import {
  type CheckUrl,
  type Deliverer,
  type DeliveryFailure,
  type DeliveryResult,
  RESPONSE_START_BYTES_MAX,
} from '#core/webhooks/ports.ts';
import {
  AddressForbiddenError,
  createGuardedConnect,
  type GuardedConnectOptions,
  NameUnresolvedError,
} from './guardedConnect.ts';
import { createResolver } from './resolver.ts';
import { hostOf, judgeUrl } from './webhookUrl.ts';

export type WebhookClientOptions = Pick<GuardedConnectOptions, 'allowLoopback' | 'ca'> &
  Partial<Pick<GuardedConnectOptions, 'resolve'>> & { clock: Pick<Clock, 'monotonic'> };

const CONNECT_MS = 5000;
/** Then the name is resolved and judged again. */
const REQUESTS_PER_CONNECTION_MAX = 100;
const KEEP_ALIVE_MS = 4000;
const HEADERS_BYTES_MAX = 16 * 1024;
/** The status is the answer; the start of the body is kept for the merchant to see, if it comes soon. */
const BODY_READ_MS_MAX = 2000;
const USER_AGENT = 'Florin-Webhooks/1';
/** Node's and OpenSSL's names for what is wrong with a certificate or a handshake. */
const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_|ERROR_IN_C)/;
/** undici's for what is no HTTP answer. */
const RESPONSE_CODE = /^UND_ERR_(?:HEADERS_OVERFLOW|RES_)/;

type DispatchHandler = Parameters<Agent['dispatch']>[1];

/**
 * HTTP to addresses that merchants choose. Whatever they choose, nothing is reached that isn't on the public internet, and nothing costs more
 * than its deadline and some KiB: no redirects, no cookies, no proxy of the environment, no decompression, no retries.
 */
export function createWebhookClient({ clock, resolve = createResolver(), ...options }: WebhookClientOptions) {
  const { connect, resolveAllowed } = createGuardedConnect({ ...options, resolve, connectMs: CONNECT_MS });
  const agent = new Agent({
    connect,
    // As many as are asked for at once, which the worker bounds by endpoint: many endpoints may be behind one origin, and a slow one of them must
    // not take the connections of another.
    connections: null,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxRequestsPerClient: REQUESTS_PER_CONNECTION_MAX,
    maxHeaderSize: HEADERS_BYTES_MAX,
    // The deadline of each request is the one that counts.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  const deliver: Deliverer = async (request) => {
    const beganAt = clock.monotonic();
    const judged = judgeUrl(request.url, options);
    if (!judged.ok) return { kind: 'refused', reason: judged.reason, durationMs: 0 };
    const { origin, pathname, search } = judged.url;
    return await new Promise((resolve) => {
      const exchange = createExchange({ timeoutMs: request.timeoutMs, beganAt, clock, resolve });
      const headers = { 'user-agent': USER_AGENT, ...request.headers };
      agent.dispatch({ origin, path: pathname + search, method: 'POST', headers, body: request.body }, exchange);
    });
  };

  const checkUrl: CheckUrl = async (text) => {
    const judged = judgeUrl(text, options);
    if (!judged.ok) return judged.reason;
    const host = hostOf(judged.url);
    try {
      if (isIP(host) === 0) await resolveAllowed(host);
      return null;
    } catch (error) {
      // A name that isn't resolved now may soon be: every connection looks again.
      return error instanceof AddressForbiddenError ? 'address_forbidden' : null;
    }
  };

  return { deliver, checkUrl, close: async () => await agent.destroy() };
}

type Exchange = {
  timeoutMs: number;
  beganAt: number;
  clock: Pick<Clock, 'monotonic'>;
  resolve: (result: DeliveryResult) => void;
};

/** Follows one request through undici's dispatcher; ends once, and takes the socket with it unless the answer was read whole. */
function createExchange({ timeoutMs, beganAt, clock, resolve }: Exchange): DispatchHandler {
  let controller: { abort: (reason: Error) => void } | null = null;
  let answer: { status: number; retryAfter: string | null } | null = null;
  let ended = false;
  let timer = setTimeout(() => cut(failed('timeout')), timeoutMs);
  const start: Buffer[] = [];
  let bytes = 0;

  function end(result: DeliveryResult): void {
    clearTimeout(timer);
    ended = true;
    resolve(result);
  }

  function cut(result: DeliveryResult): void {
    end(result);
    controller?.abort(new Error('the exchange was cut short'));
  }

  const durationMs = () => Math.round(clock.monotonic() - beganAt);
  const failed = (reason: DeliveryFailure): DeliveryResult => ({ kind: 'failed', reason, durationMs: durationMs() });
  const answered = (known: NonNullable<typeof answer>): DeliveryResult => ({
    kind: 'answered',
    ...known,
    bodyStart: textOf(Buffer.concat(start)),
    durationMs: durationMs(),
  });

  return {
    onRequestStart(requestController) {
      controller = requestController;
      if (ended) controller.abort(new Error('the deadline has passed'));
    },
    onResponseStart(_, status, headers) {
      if (status < 200 || ended) return;
      const retryAfter = headers['retry-after'];
      const known = { status, retryAfter: typeof retryAfter === 'string' ? retryAfter : null };
      answer = known;
      clearTimeout(timer);
      timer = setTimeout(() => cut(answered(known)), BODY_READ_MS_MAX);
    },
    onResponseData(_, chunk) {
      if (ended || answer === null) return;
      start.push(chunk.subarray(0, RESPONSE_START_BYTES_MAX - bytes));
      bytes += chunk.length;
      if (bytes >= RESPONSE_START_BYTES_MAX) cut(answered(answer));
    },
    onResponseEnd() {
      if (!ended) end(answer === null ? failed('response_invalid') : answered(answer));
    },
    onResponseError(_, error) {
      if (ended) return;
      if (answer !== null) end(answered(answer));
      else if (error instanceof AddressForbiddenError)
        end({ kind: 'refused', reason: 'address_forbidden', durationMs: durationMs() });
      else end(failed(failureOf(error)));
    },
  };
}

/** For a person to read: what isn't text, and what must never be kept, is left out. */
function textOf(bytes: Buffer): string {
  return maskCardNumbers(bytes.toString('utf8').replace(/[^\P{C}\n\t]/gu, ''));
}

function failureOf(error: Error): DeliveryFailure {
  if (error instanceof NameUnresolvedError) return 'dns';
  const code = String((error as { code?: unknown }).code);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
  if (TLS_CODE.test(code)) return 'tls';
  return error.name === 'HTTPParserError' || RESPONSE_CODE.test(code) ? 'response_invalid' : 'connection';
}
