import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Page } from './wire.ts';

// why: JSON as it came; each reader says what it expects of it.
export type Wire = any;
export type Reply = { status: number; body: Wire; replayed: boolean };
export type Client = ReturnType<typeof createClient>;

export const CONNECTIONS = 64;
const ANSWER_TIMEOUT_MS = 40_000;
/** The platform says when to come again; this often it is believed. */
const TRIES_MAX = 20;
const PAGE = 100;

/** Calls the API as a merchant's server should: the same key again while it is told to come again, or the network failed. */
export function createClient({ url, authorization }: { url: string; authorization: string }) {
  const dispatcher = new Agent({
    connections: CONNECTIONS,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });

  async function once(method: 'GET' | 'POST' | 'DELETE', path: string, { key, body }: Call): Promise<Reply & Later> {
    const answer = await request(`${url}${path}`, {
      dispatcher,
      method,
      headers: {
        authorization,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const retryAfter = Number(answer.headers['retry-after'] ?? Number.NaN);
    return {
      status: answer.statusCode,
      body: text === '' ? null : JSON.parse(text),
      replayed: answer.headers['idempotency-replayed'] === 'true',
      retryAfterMs: Number.isNaN(retryAfter) ? null : retryAfter * 1000,
    };
  }

  async function call(method: 'GET' | 'POST' | 'DELETE', path: string, options: Call = {}): Promise<Reply> {
    for (let tries = 1; ; tries += 1) {
      const reply = await once(method, path, options);
      if (reply.retryAfterMs === null || reply.status < 400 || tries === TRIES_MAX) return reply;
      await sleep(reply.retryAfterMs);
    }
  }

  /** All pages, newest first. */
  async function list<Item>(path: string): Promise<Item[]> {
    const found: Item[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${after}`);
      if (status !== 200) throw new Error(`GET ${path} answered ${status} ${body?.code}`);
      const page: Page<Item> = body;
      found.push(...page.data);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return found;
  }

  return { call, list, close: () => dispatcher.destroy() };
}

type Call = { key?: string; body?: object };
type Later = { retryAfterMs: number | null };
