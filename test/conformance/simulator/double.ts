import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderResponse } from '#core/provider/port.ts';
import { createSimulator } from '#simulator/simulator.ts';
import type { Double, DoubleBooks, ProviderAct } from '../subject.ts';

const API_KEY = 'sk_of_the_first';
const DASHBOARD_REFUND_MINOR = 100;
const QUIET_MS = 3;
const QUIET_ROUNDS = 2;

let running: Promise<Awaited<ReturnType<typeof start>>> | null = null;

/** The real simulator, in this process: it is a provider of its own with a strict API, so no double of it is needed. */
export async function createSimulatorDouble(): Promise<Double> {
  running ??= start();
  const { url, taken } = await running;
  taken.length = 0;
  return {
    handle: async (request) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers, body } = request;
      const response = await fetch(url + pathname + search, { method, headers, body });
      return { status: response.status, headers: {}, body: await response.text() } satisfies ProviderResponse;
    },
    takeWebhooks: async () => {
      for (let quiet = 0, seen = taken.length; quiet < QUIET_ROUNDS; seen = taken.length) {
        await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
        quiet = taken.length === seen ? quiet + 1 : 0;
      }
      return taken.splice(0);
    },
    act: (act, payment) => perform(url, act, payment),
    books: async (payment) => booksOf(await chargesOf(url, payment)),
    close: async () => {},
  };
}

export async function closeSimulator(): Promise<void> {
  const started = running;
  running = null;
  await (await started)?.close();
}

async function start() {
  const taken: string[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      taken.push(Buffer.concat(chunks).toString());
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  const webhookUrl = `http://127.0.0.1:${port}/`;
  const simulator = createSimulator({ file: ':memory:', accounts: [{ id: 'first', apiKey: API_KEY, webhookUrl }] });
  const url = await simulator.listen(0);
  await control(url, { method: 'PUT', path: '/simulator/behavior', body: { webhook_delay_ms: 0 } });
  const close = async () => {
    await simulator.close();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  };
  return { url, taken, close };
}

type Charge = {
  id: string;
  amount: number;
  amount_capturable: number;
  amount_captured: number;
  amount_refunded: number;
  amount_authorized: number;
  metadata: { payment?: string };
};

async function perform(url: string, act: ProviderAct, payment: string): Promise<boolean> {
  const charge = (await chargesOf(url, payment)).at(-1);
  if (charge === undefined) return false;
  const path = `/simulator/charges/${charge.id}`;
  switch (act) {
    case 'customer_approves':
    case 'customer_refuses': {
      const body = new URLSearchParams({ decision: act === 'customer_approves' ? 'approve' : 'refuse' });
      const page = `${url}/simulator/challenge/${charge.id}`;
      return (await fetch(page, { method: 'POST', body, redirect: 'manual' })).status < 400;
    }
    case 'refunds_in_dashboard':
      return await control(url, { path: `${path}/dashboard_refund`, body: { amount: DASHBOARD_REFUND_MINOR } });
    case 'captures_in_dashboard':
      return await control(url, { path: `${path}/dashboard_capture`, body: { amount: charge.amount } });
  }
}

async function control(url: string, asked: { method?: string; path: string; body: object }): Promise<boolean> {
  const headers = { 'content-type': 'application/json' };
  const { method = 'POST', path, body } = asked;
  return (await fetch(url + path, { method, headers, body: JSON.stringify(body) })).ok;
}

async function chargesOf(url: string, payment: string): Promise<readonly Charge[]> {
  const all: Charge[] = [];
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const page = await fetch(`${url}/simulator/charges?limit=1000&cursor=${cursor}`);
    const { data, next_cursor } = (await page.json()) as { data: Charge[]; next_cursor: string | null };
    all.push(...data);
    cursor = next_cursor;
  }
  return all.filter(({ metadata }) => metadata.payment === payment);
}

function booksOf(charges: readonly Charge[]): DoubleBooks {
  const sum = (of: (charge: Charge) => number) => BigInt(charges.reduce((total, charge) => total + of(charge), 0));
  return {
    authorizations: charges.filter((charge) => charge.amount_authorized > 0).length,
    heldMinor: sum((charge) => charge.amount_capturable),
    capturedMinor: sum((charge) => charge.amount_captured),
    refundedMinor: sum((charge) => charge.amount_refunded),
  };
}
