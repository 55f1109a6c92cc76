import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createSimulator, type SimulatorOptions } from '#simulator/simulator.ts';

/** What tests of the simulator share: one that runs, a way to talk to it, and somebody who takes its webhooks. */

const API_KEY = 'key_test';
const OTHER_API_KEY = 'key_other';
/** Short, so that what happens "a moment later" does not take long. */
const MOMENT_MS = 25;
const WAIT_MAX_MS = 4000;
const WAIT_STEP_MS = 5;

/** Every field that any answer has; tests look into it freely. */
export type Wire = {
  id: string;
  object: string;
  status: string;
  reference: string | null;
  source: string;
  charge: string;
  token?: string;
  amount: number;
  amount_authorized: number;
  amount_capturable: number;
  amount_captured: number;
  amount_refunded: number;
  decline_code: string | null;
  failure_code: string | null;
  redirect_url: string;
  metadata: Record<string, string>;
  version: number;
  captures: Wire[];
  refunds: Wire[];
  data: Wire[];
  next_cursor: string | null;
  count: number;
  error: { code: string; field?: string };
};

/** `body` is an empty object where the answer is not JSON. */
export type Reply = { status: number; headers: Headers; body: Wire; text: string };

export type Bench = Awaited<ReturnType<typeof startBench>>;

export async function startBench(t: TestContext, options: Partial<SimulatorOptions> & { webhookUrl?: string } = {}) {
  const { webhookUrl, ...rest } = options;
  const webhooks = webhookUrl === undefined ? {} : { webhookUrl, webhookSecret: 'secret' };
  const accounts = [
    { id: 'first', apiKey: API_KEY, ...webhooks },
    { id: 'other', apiKey: OTHER_API_KEY },
  ];
  const simulator = createSimulator({ file: ':memory:', accounts, ...rest });
  const url = await simulator.listen(0);
  let closed = false;
  async function close(): Promise<void> {
    if (!closed) await simulator.close();
    closed = true;
  }
  t.after(close);
  let keys = 0;

  async function send(method: string, path: string, init: RequestInit = {}): Promise<Reply> {
    const headers = { Authorization: `Bearer ${API_KEY}`, 'Content-Type': 'application/json', ...init.headers };
    const response = await fetch(url + path, { redirect: 'manual', ...init, method, headers });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json');
    const body = (json ? JSON.parse(text) : {}) as Wire;
    return { status: response.status, headers: response.headers, body, text };
  }

  function post(path: string, body: object, key = `key-${keys++}`, init: RequestInit = {}): Promise<Reply> {
    const headers = { 'Idempotency-Key': key, ...init.headers };
    return send('POST', path, { ...init, headers, body: JSON.stringify(body) });
  }

  function behave(behavior: object): Promise<Reply> {
    return send('PUT', '/simulator/behavior', { body: JSON.stringify(behavior) });
  }

  await behave({ webhook_delay_ms: MOMENT_MS });
  return { url, close, send, post, behave, get: (path: string) => send('GET', path) };
}

export function chargeBody(token: string, more: object = {}) {
  return { reference: `ref-${token}`, amount: 1000, currency: 'EUR', token, capture: true, ...more };
}

/** Creates a charge and expects it to be taken. */
export async function charge(bench: Bench, token: string, more: object = {}): Promise<Wire> {
  const reply = await bench.post('/v1/charges', chargeBody(token, more));
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return reply.body;
}

export async function eventually<Found>(look: () => Promise<Found | undefined> | Found | undefined): Promise<Found> {
  for (let waited = 0; waited < WAIT_MAX_MS; waited += WAIT_STEP_MS) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
  }
  throw new Error('it did not happen in time');
}

type HookBody = { id: string; type: string; account: string; data: Wire };

type Hook = { headers: IncomingHttpHeaders; raw: string; body: HookBody; at: number };

/** A merchant's server: keeps what it is sent, answers what it is told to. */
export async function startReceiver(t: TestContext, answer: (count: number) => number = () => 204) {
  const hooks: Hook[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      hooks.push({ headers: request.headers, raw, body: JSON.parse(raw) as HookBody, at: performance.now() });
      response.writeHead(answer(hooks.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hooks`, hooks };
}
