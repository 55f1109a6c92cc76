import { Pool } from 'undici';
import { Fault } from '#core/kit/fault.ts';
import type { Clock } from '#core/kit/world.ts';
import type { ProviderResponse } from '#core/provider/port.ts';
import type { Transport, TransportLimits, TransportResult } from '#core/provider/ports.ts';

const CONNECTIONS_MAX = 128;
const RESPONSE_BYTES_MAX = 1024 * 1024;
/** Shorter than what servers commonly use, so that we rarely write into a connection that is being closed. */
const KEEP_ALIVE_MS = 4000;

type DispatchHandler = Parameters<Pool['dispatch']>[1];

/**
 * HTTP to providers, once a call. A connection pool an origin, no pipelining, no redirects, no retries.
 *
 *   connect … | sendBefore checked, then the first byte | … whole answer, or the deadline destroys the socket
 *   not_sent  |                           from here on: an answer, or unanswered
 */
export function createTransport({ clock }: { clock: Clock }) {
  const pools = new Map<string, Pool>();

  const transport: Transport = (request, limits) =>
    new Promise((resolve) => {
      const { origin, pathname, search } = new URL(request.url);
      const exchange = createExchange({ clock, limits, resolve });
      poolFor(origin, limits.connectMs).dispatch(
        { path: pathname + search, method: request.method, headers: request.headers, body: request.body },
        exchange,
      );
    });

  function poolFor(origin: string, connectMs: number): Pool {
    const key = `${origin} ${connectMs}`;
    const known = pools.get(key);
    if (known !== undefined) return known;
    const pool = new Pool(origin, {
      connections: CONNECTIONS_MAX,
      pipelining: 1,
      connectTimeout: connectMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
    pools.set(key, pool);
    return pool;
  }

  async function close(): Promise<void> {
    await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    pools.clear();
  }

  return { transport, close };
}

type Exchange = { clock: Clock; limits: TransportLimits; resolve: (result: TransportResult) => void };

/** Follows one request through undici's dispatcher. `onRequestStart` is called when a connection stands, just before the first byte. */
function createExchange({ clock, limits, resolve }: Exchange): DispatchHandler {
  let started = false;
  let controller: { abort: (reason: Error) => void } | null = null;
  let status = 0;
  let headers: ProviderResponse['headers'] = {};
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(
    () =>
      end(
        started
          ? { kind: 'unanswered', reason: 'no answer before the deadline' }
          : notSent('no connection before the deadline'),
      ),
    limits.deadline - clock.monotonic(),
  );

  function end(result: TransportResult): void {
    clearTimeout(timer);
    resolve(result);
    // Destroys the socket of a request that is under way, and takes one that waits for a connection out of the queue.
    if (result.kind !== 'response') controller?.abort(stopped(result.reason));
  }

  return {
    onRequestStart(requestController) {
      controller = requestController;
      if (started)
        return end({ kind: 'unanswered', reason: 'the connection was lost after the request may have left' });
      if (clock.monotonic() > limits.sendBefore)
        return end(notSent('the time to send had passed when the connection stood'));
      started = true;
    },
    onResponseStart(_, statusCode, responseHeaders) {
      status = statusCode;
      headers = responseHeaders;
    },
    onResponseData(_, chunk) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > RESPONSE_BYTES_MAX)
        end({ kind: 'unanswered', reason: `the answer is longer than ${RESPONSE_BYTES_MAX} bytes` });
    },
    onResponseEnd() {
      end({ kind: 'response', response: { status, headers, body: textOf(chunks) } });
    },
    onResponseError(_, error) {
      end(started ? { kind: 'unanswered', reason: reasonOf(error) } : notSent(reasonOf(error)));
    },
  };
}

function notSent(reason: string): TransportResult {
  return { kind: 'not_sent', reason };
}

function textOf(chunks: readonly Buffer[]): string {
  return (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? '';
}

function stopped(reason: string): Error {
  return new Fault('exchange_stopped', reason, { retryable: false });
}

/** A short reason without addresses: it is stored and shown. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message);
}
