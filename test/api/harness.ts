import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJsonLog } from '#adapters/system/log.ts';
import type { DevelopmentClient, DevelopmentClients } from '#entry/local/developmentClients.ts';
import { type LocalServerOptions, startLocalServer } from '#entry/local/server.ts';
import { holdToContract } from './heldToContract.ts';

/** What only an operator may call: the harness calls it as one, where a test doesn't say who it is. */
const OPERATORS_PATHS = /^\/v1\/(?:payments\/[^/]+\/evidence|quarantine|parked_streams)\b/;

/** JSON as it came: these tests look at what is on the wire. */
// why: the wire has no static type, and each test says what it expects of it.
export type Wire = any;
export type Reply = { status: number; headers: Headers; body: Wire };

/** The whole platform in this process, on a free port and a folder of its own. */
export async function startApi({
  wrap,
  simulator = null,
  ...config
}: Pick<LocalServerOptions, 'wrap'> &
  Partial<Pick<LocalServerOptions['config'], 'simulator' | 'rateLimits' | 'stopDelayMs'>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'florin-api-'));
  const logged: string[] = [];
  const server = await startLocalServer({
    config: { folder, host: '127.0.0.1', port: 0, simulator, ...config },
    log: createJsonLog((line) => logged.push(line)),
    onFailed: (fault) => {
      throw fault;
    },
    ...(wrap === undefined ? {} : { wrap }),
  });
  let keys = 0;

  const clients = server.clients as DevelopmentClients;

  /** With all the scopes of the merchant's client, or with those; of the operator's client where they are an operator's. */
  function tokenFor(scope = ''): Promise<string> {
    return tokenOf(scope.includes('operations:') ? clients.operator : clients.merchant, scope);
  }
  const token = await tokenFor();
  const operatorToken = await tokenOf(clients.operator);

  async function call(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string | null> } = {},
  ): Promise<Reply> {
    keys += 1;
    const all = new Headers({
      authorization: `Bearer ${OPERATORS_PATHS.test(path) ? operatorToken : token}`,
      'content-type': 'application/json',
      'idempotency-key': `key-${keys}`,
    });
    for (const [name, value] of Object.entries(headers)) value === null ? all.delete(name) : all.set(name, value);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: all,
      body: body === undefined ? null : text,
      redirect: 'manual',
    });
    const received = await answer.text();
    holdToContract({ method, path, status: answer.status, headers: answer.headers, text: received });
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      headers: answer.headers,
      body: isJson && received !== '' ? JSON.parse(received) : received || null,
    };
  }

  const pay = (tokenText: string, fields: object = {}, headers: Record<string, string> = {}) =>
    call('POST', '/v1/payments', {
      body: { amount: 1000, currency: 'EUR', payment_method: { type: 'card', token: tokenText }, ...fields },
      headers,
    });

  return {
    url: server.url,
    client: clients.merchant,
    clients,
    routes: server.routes,
    logged,
    tokenFor,
    call,
    pay,
    get: (path: string) => call('GET', path),
    post: (path: string, body: object, headers: Record<string, string> = {}) => call('POST', path, { body, headers }),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Api = Awaited<ReturnType<typeof startApi>>;

export async function tokenOf({ client_id, client_secret, token_url }: DevelopmentClient, scope = ''): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, scope });
  const answer = await fetch(token_url, { method: 'POST', body: form });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Polls until it is so; the test's own time limit is the bound. */
export async function until<Value>(look: () => Promise<Value | undefined | false>, everyMs = 50): Promise<Value> {
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
