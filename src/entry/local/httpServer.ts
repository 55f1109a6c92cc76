import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import { Hono } from 'hono';
import { httpStatusOf, type ProblemCode, problem, problemBody } from '#api/problems.ts';
import { Fault } from '#core/kit/fault.ts';

/** All headers together, and the path with its query: a token of the largest issuers has 2 KiB. */
const HEADERS_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 100;
const TARGET_CHARACTERS_MAX = 4096;
const CONNECTIONS_MAX = 10_000;

const TIMING = {
  /** From the first byte on. Nobody who means it needs longer for 16 KiB, or for 64 KiB more. */
  headersMsMax: 10_000,
  requestMsMax: 30_000,
  lateCheckedEveryMs: 1000,
  /** Longer than the minute after which common balancers let go of a connection: the side that sends must be the one that closes. */
  keepAliveMs: 75_000,
  /** Requests under way get this long to end when the server stops. */
  stopGraceMs: 15_000,
};

/** What Node finds wrong before there is a request. */
const CLIENT_ERRORS: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

export type HttpServer = {
  url: string;
  /** Until it is called, whoever comes is asked to come again. */
  handle: (app: Hono) => void;
  /** Takes no new connections; resolves when the requests under way have been answered. */
  stop: () => Promise<void>;
};

export type ListenOptions = { host: string; port: number; timing?: Partial<typeof TIMING> };

/** Listens before there is anything to serve: the port is part of the issuer's name. */
export function listen({ host, port, timing = {} }: ListenOptions): Promise<HttpServer> {
  const limits = { ...TIMING, ...timing };
  let app = new Hono().get('/healthz', (c) => c.json({ status: 'ok' })).all('*', (c) => problem(c, 'starting'));
  let stopping = false;
  const underWay = new Set<Exchange>();
  const answer = getRequestListener((request, env) => app.fetch(request, env), { errorHandler: unreadable });

  const server = createServer(optionsOf(limits), (incoming, outgoing) => {
    const exchange = { incoming, outgoing };
    underWay.add(exchange);
    outgoing.once('close', () => {
      underWay.delete(exchange);
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
    if (stopping) outgoing.setHeader('connection', 'close');
    const broken = limitBrokenBy(incoming);
    if (broken === null) void answer(incoming, outgoing);
    else refuse(outgoing, broken);
  });
  // Node leaves out what is beyond its own limit without a word: ours is looked at before.
  server.maxHeadersCount = 0;
  server.maxConnections = CONNECTIONS_MAX;
  server.on('checkExpectation', (_, outgoing: ServerResponse) => refuse(outgoing, 'expectation_failed'));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const code = CLIENT_ERRORS[String(error.code)] ?? 'request_malformed';
    const isAnswered = [...underWay].some((exchange) => exchange.incoming.socket === socket && isBegun(exchange));
    if (error.code === 'ECONNRESET' || isAnswered || !socket.writable) socket.destroy();
    else socket.end(rawProblem(code), () => socket.destroy());
  });

  async function stop(): Promise<void> {
    stopping = true;
    for (const { outgoing } of underWay) if (!outgoing.headersSent) outgoing.setHeader('connection', 'close');
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => server.closeAllConnections(), limits.stopGraceMs);
      server.close(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'EADDRINUSE'
          ? `port ${port} is in use. Set PORT to another one`
          : `listening on ${host}:${port} failed: ${cause.message}`;
      reject(new Fault('port_unavailable', message, { retryable: false, cause }));
    });
    server.listen(port, host, () => {
      const handle = (ready: Hono) => {
        app = ready;
      };
      resolve({ url: `http://${reachedAt(host)}:${(server.address() as AddressInfo).port}`, handle, stop });
    });
  });
}

/** From this machine; every address (0.0.0.0, ::) is also its own. */
function reachedAt(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function optionsOf({ headersMsMax, requestMsMax, lateCheckedEveryMs, keepAliveMs }: typeof TIMING): ServerOptions {
  return {
    maxHeaderSize: HEADERS_BYTES_MAX,
    headersTimeout: headersMsMax,
    requestTimeout: requestMsMax,
    connectionsCheckingInterval: lateCheckedEveryMs,
    keepAliveTimeout: keepAliveMs,
    // Node would refuse it without a body; without a host there is no URL, which is a problem like others.
    requireHostHeader: false,
  };
}

type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse };

/** Something may have been done about it, or said: another answer on this connection would be taken for its own. */
function isBegun({ incoming, outgoing }: Exchange): boolean {
  return incoming.complete || outgoing.headersSent;
}

function limitBrokenBy({ rawHeaders, url = '' }: IncomingMessage): ProblemCode | null {
  if (url.length > TARGET_CHARACTERS_MAX) return 'target_too_long';
  // RFC 9112, 3.2: whoever stands before us may have read the other one.
  if (rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length > 1)
    return 'request_malformed';
  return rawHeaders.length > HEADERS_MAX * 2 ? 'headers_too_large' : null;
}

/** The target or the Host header is none that a URL can be made of; anything else is a bug of ours. */
function unreadable(error: unknown): Response {
  const code = error instanceof RequestError ? 'request_malformed' : 'internal_error';
  return new Response(textOf(code), {
    status: httpStatusOf(code),
    headers: { 'content-type': 'application/problem+json', connection: 'close' },
  });
}

function refuse(outgoing: ServerResponse, code: ProblemCode): void {
  const body = textOf(code);
  outgoing
    .writeHead(httpStatusOf(code), {
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    })
    .end(body);
}

function rawProblem(code: ProblemCode): string {
  const body = textOf(code);
  const status = httpStatusOf(code);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

/** Nothing of the request is repeated here: it could not be read. */
function textOf(code: ProblemCode): string {
  return JSON.stringify(problemBody(code, { instance: '/', traceId: crypto.randomUUID().replaceAll('-', '') }));
}
