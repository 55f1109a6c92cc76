import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import type { ShownPayment } from './wire.ts';

export type PaymentRequest = { key: string; amount: number; token: string; currency?: string };

export type Answer<Body> = {
  status: number;
  body: Body;
  /** `Idempotency-Replayed: true`. */
  replayed: boolean;
  retryAfterS: number | null;
};

/** A payment, or a problem in its place. */
export type PaymentBody = ShownPayment & { code?: string };

export type ApiClient = Awaited<ReturnType<typeof createApiClient>>;

const ANSWER_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 64;
const PAGE_MAX = 100;

/** Calls the API as a merchant's server would. Network errors are thrown: nothing here tries twice. */
export async function createApiClient({ url, folder }: { url: string; folder: string }) {
  const dispatcher = new Agent({
    connections: CONNECTIONS_MAX,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  const authorization = `Bearer ${await fetchToken({ url, folder, dispatcher })}`;

  async function call<Body>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    { headers = {}, body = null }: CallOptions = {},
  ): Promise<Answer<Body>> {
    const answer = await request(`${url}${path}`, { dispatcher, method, headers: { authorization, ...headers }, body });
    const text = await answer.body.text();
    const retryAfter = answer.headers['retry-after'];
    return {
      status: answer.statusCode,
      body: (text === '' ? {} : JSON.parse(text)) as Body,
      replayed: answer.headers['idempotency-replayed'] === 'true',
      retryAfterS: retryAfter === undefined ? null : Number(retryAfter),
    };
  }

  function pay({ key, amount, token, currency = 'EUR' }: PaymentRequest): Promise<Answer<PaymentBody>> {
    const body = JSON.stringify({ amount, currency, payment_method: { type: 'card', token } });
    return call('POST', '/v1/payments', {
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body,
    });
  }

  async function get(id: string): Promise<ShownPayment> {
    const { status, body } = await call<ShownPayment>('GET', `/v1/payments/${id}`);
    if (status !== 200) throw new Error(`GET ${id} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** All pages, newest first; a moment behind what was answered. */
  async function listAll(status?: ShownPayment['status']): Promise<ShownPayment[]> {
    const filter = status === undefined ? '' : `&status=${status}`;
    const payments: ShownPayment[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: Answer<Page> = await call<Page>('GET', `/v1/payments?limit=${PAGE_MAX}${filter}${after}`);
      if (page.status !== 200) throw new Error(`the list answered ${page.status}: ${JSON.stringify(page.body)}`);
      payments.push(...page.body.data);
      cursor = page.body.next_cursor;
    } while (cursor !== null);
    return payments;
  }

  return { call, pay, get, listAll, [Symbol.asyncDispose]: () => dispatcher.destroy() };
}

type Page = { data: ShownPayment[]; next_cursor: string | null };
type CallOptions = { headers?: Readonly<Record<string, string>>; body?: string | null };

async function fetchToken({
  url,
  folder,
  dispatcher,
}: {
  url: string;
  folder: string;
  dispatcher: Agent;
}): Promise<string> {
  const client = JSON.parse(readFileSync(join(folder, 'dev-client.json'), 'utf8')) as {
    client_id: string;
    client_secret: string;
  };
  const credentials = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
  const answer = await request(`${url}/oauth/token`, {
    dispatcher,
    method: 'POST',
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  return ((await answer.body.json()) as { access_token: string }).access_token;
}
