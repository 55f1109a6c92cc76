import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeRefusal } from './codec.ts';
import type { Refusal } from './model.ts';

export const BODY_MAX_BYTES = 65_536;

export type Exchange = { request: IncomingMessage; response: ServerResponse };

/** The path and the query of a request, apart. */
export type Target = { path: string; query: string };

export function targetOf(request: IncomingMessage): Target {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

export function sendJson(exchange: Exchange, status: number, body: string, extra: string[] = []): void {
  send(exchange, { status, type: 'application/json', body, extra });
}

export function sendRefusal(exchange: Exchange, refusal: Refusal): void {
  sendJson(exchange, refusal.status, encodeRefusal(refusal));
}

/** Scripts nothing and loads nothing: what a page shows came from callers. */
export function sendPage(exchange: Exchange, status: number, body: string): void {
  const extra = [
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    'Referrer-Policy',
    'no-referrer',
    'X-Content-Type-Options',
    'nosniff',
    'Cache-Control',
    'no-store',
  ];
  send(exchange, { status, type: 'text/html; charset=utf-8', body, extra });
}

/** What a gateway in front of a provider says when it lost the answer. */
export function sendBadGateway(exchange: Exchange): void {
  const body =
    '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';
  send(exchange, { status: 502, type: 'text/html', body, extra: [] });
}

export function redirect(exchange: Exchange, location: string): void {
  const { response } = exchange;
  response.writeHead(303, ['Location', location, 'Content-Length', '0', 'Cache-Control', 'no-store']);
  response.end();
}

/** Drops the connection without a word. */
export function hangUp(exchange: Exchange): void {
  exchange.request.socket.destroy();
}

/**
 * Calls back with the whole body, or with null when it is longer than allowed. Not at all when it never ends: then the
 * connection's own timeouts apply.
 */
export function readBody(request: IncomingMessage, whole: (body: string | null) => void): void {
  let first: Buffer | null = null;
  let more: Buffer[] | null = null;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) return;
    if (first === null) first = chunk;
    else if (more === null) more = [first, chunk];
    else more.push(chunk);
  });
  request.on('end', () => {
    if (bytes > BODY_MAX_BYTES) whole(null);
    else if (more !== null) whole(Buffer.concat(more).toString());
    else whole(first === null ? '' : (first as Buffer).toString());
  });
}

type Reply = { status: number; type: string; body: string; extra: string[] };

/** Headers as one flat array are the cheapest that Node takes, and head and body leave in one write. */
function send({ response }: Exchange, reply: Reply): void {
  const length = String(Buffer.byteLength(reply.body));
  response.writeHead(reply.status, ['Content-Type', reply.type, 'Content-Length', length, ...reply.extra]);
  response.end(reply.body);
}
