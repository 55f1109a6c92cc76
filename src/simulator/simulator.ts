import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApi, noSuchPath } from './api.ts';
import { createApiRoutes } from './apiRoutes.ts';
import { createBehavior } from './behavior.ts';
import { createBooks } from './books.ts';
import { createChallenge } from './challenge.ts';
import { createCharging } from './charging.ts';
import { createControls } from './controls.ts';
import { createCourier } from './courier.ts';
import { openDatabase } from './database.ts';
import { createIdempotency } from './idempotency.ts';
import { createIds } from './ids.ts';
import type { Account, Clock, Log } from './model.ts';
import { createMoments } from './moments.ts';
import { createOperating } from './operating.ts';
import { createOutbox } from './outbox.ts';
import { createPerformer } from './performer.ts';
import { type Exchange, sendRefusal, targetOf } from './reply.ts';
import { createTimers } from './timers.ts';

/** Longer than a client's pool keeps its connections, so that it is never the server that closes one in use. */
const KEEP_ALIVE_MS = 72_000;
/** How long requests that are being answered may take to finish when it closes. */
const CLOSE_GRACE_MS = 300;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const ACCOUNT_ID = /^[A-Za-z0-9_-]{1,64}$/;

export type SimulatorOptions = {
  /** A SQLite file, or `:memory:`. */
  file: string;
  accounts: Account[];
  /** Where customers reach its challenge pages, when that is not its own address. */
  publicUrl?: string;
  clock?: Clock;
  log?: Log;
};

/** A payment provider of its own: it has its books, its API and its faults, and knows nothing of who calls it. */
export function createSimulator(options: SimulatorOptions) {
  checkAccounts(options.accounts);
  const parts = build(options, () => url());
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    route(parts, { request, response });
  });
  let address = '';

  /** Port 0 takes a free one. Resolves with the URL. Only loopback: the controls ask nobody who they are. */
  async function listen(port: number, host = '127.0.0.1'): Promise<string> {
    if (!LOOPBACK.has(host)) throw new Error(`The simulator listens on loopback only, not on ${host}.`);
    server.listen(port, host);
    await once(server, 'listening');
    const bound = server.address() as AddressInfo;
    address = `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
    parts.start();
    return address;
  }

  function url(): string {
    return address;
  }

  async function close(): Promise<void> {
    parts.stop();
    if (server.listening) await closeServer(server);
    parts.database.close();
  }

  return { listen, close, url };
}

type Parts = ReturnType<typeof build>;

function build(options: SimulatorOptions, url: () => string) {
  const clock = options.clock ?? { now: () => Date.now() };
  const log = options.log ?? (() => {});
  const accounts = new Map(options.accounts.map((account) => [account.id, account]));
  const accountByKey = new Map(options.accounts.map((account) => [account.apiKey, account]));
  const database = openDatabase(options.file);
  const behavior = createBehavior();
  const delayMs = () => behavior.current.webhook_delay_ms;
  const timers = createTimers();
  const newId = createIds(clock);
  const books = createBooks(database);
  const moments = createMoments({ database, clock, log });
  const courier = createCourier({ database, accounts, clock, log });
  const wanted = () => behavior.current.webhooks;
  const outbox = createOutbox({ database, accounts, clock, newId, delayMs, wanted, onDue: courier.dueAt });
  const common = { books, outbox, moments, clock, newId, delayMs };
  const charging = createCharging({
    ...common,
    challengeUrl: (id) => `${options.publicUrl ?? url()}/simulator/challenge/${id}`,
  });
  const operating = createOperating(common);
  const windowMs = () => behavior.current.idempotency_window_ms;
  const idempotency = createIdempotency({ database, clock, windowMs });
  const inquiryLagMs = () => behavior.current.inquiry_lag_ms;
  const routes = createApiRoutes({ books, charging, operating, clock, inquiryLagMs });
  const challenge = createChallenge({ books, charging, database, log });

  const api = createApi({ routes, behavior, idempotency, database, timers, accountByKey, log });

  function start(): void {
    moments.start(createPerformer({ books, charging, operating }));
    courier.start();
  }

  function stop(): void {
    api.stop();
    timers.stop();
    moments.stop();
    courier.stop();
  }

  return {
    database,
    api,
    controls: createControls({ books, operating, behavior, challenge, database, log }),
    start,
    stop,
  };
}

function route({ api, controls }: Parts, exchange: Exchange): void {
  const target = targetOf(exchange.request);
  if (target.path.startsWith('/v1/')) api.handle(exchange, target);
  else if (target.path.startsWith('/simulator/')) controls.handle(exchange, target);
  else sendRefusal(exchange, noSuchPath());
}

function checkAccounts(accounts: Account[]): void {
  const keys = new Set<string>();
  for (const { id, apiKey, webhookUrl } of accounts) {
    if (!ACCOUNT_ID.test(id)) throw new Error(`${id} is no id for an account of the simulator.`);
    if (apiKey === '' || keys.has(apiKey)) throw new Error(`The account ${id} needs an API key of its own.`);
    keys.add(apiKey);
    if (webhookUrl !== undefined && URL.parse(webhookUrl)?.protocol !== 'http:') {
      throw new Error(`The webhook URL of the account ${id} must begin with http:, it is sent from this machine.`);
    }
  }
}

/** Lets what is being answered finish, but not for long: some connections hang on purpose. */
async function closeServer(server: Server): Promise<void> {
  const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(grace);
}
