import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createTransport } from '#adapters/http/transport.ts';
import { createWebhookClient } from '#adapters/http/webhookClient.ts';
import { storageFault } from '#adapters/local/sqlite/open.ts';
import { createSystemClock, createSystemRandom, createSystemTimers } from '#adapters/system/clock.ts';
import { createApp } from '#api/app.ts';
import { problem } from '#api/problems.ts';
import { Fault } from '#core/kit/fault.ts';
import type { Log } from '#core/kit/log.ts';
import { createPlatform, type Ports } from '#entry/platform.ts';
import { createSimulator, type SimulatorOptions } from '#simulator/simulator.ts';
import { assertMayListen, isForThisMachine, openAccess } from './access.ts';
import { createLocalAccounts, echoesReferences } from './accounts.ts';
import type { Config } from './config.ts';
import type { KeyRing } from './keyRing.ts';
import { proxyTo } from './simulatorProxy.ts';
import { openStorage } from './storage.ts';

export type LocalServerOptions = {
  config: Config;
  log: Log;
  /** Called when the storage has failed for good: answer what can be answered, and end. */
  onFailed: (fault: Error) => void;
  /** Tests put faults around ports here. */
  wrap?: (ports: Ports) => Ports;
};

/** Requests under way get this long to end when the server stops. */
const STOP_GRACE_MS = 15_000;

/** The whole platform in one process: API, workers, storage, an issuer of tokens and a provider to pay with. */
export async function startLocalServer({ config, log, onFailed, wrap = (ports) => ports }: LocalServerOptions) {
  assertMayListen(config);
  const clock = createSystemClock();
  const random = createSystemRandom();
  const storage = await openStorage(config.folder, { random, echoesReferences, onFailed });
  const { server, url, handle } = await listen(config);
  const publicUrl = config.publicUrl ?? url;
  const simulator = await startSimulator(config, storage.keyRing, { url, publicUrl });
  const http = createTransport({ clock });
  const webhooks = createWebhookClient({ clock, allowLoopback: true });
  const platform = createPlatform(
    wrap({
      ...storage,
      accounts: createLocalAccounts(simulator),
      transport: http.transport,
      clock,
      timers: createSystemTimers(),
      random,
      log,
      idSecret: storage.keyRing.idSecret,
      environment: 'local',
      publicUrl,
    }),
  );
  const access = await openAccess({ config, url, clock, random, log });
  const workers = platform.startWorkers();
  const app = createApp({ authenticate: access.authenticate, ...platform, lag: workers.lag, log });
  access.mount(app);
  if (isForThisMachine(config)) app.all('/simulator/*', proxyTo(simulator.url));
  handle(app);

  async function stop(): Promise<void> {
    await closeServer(server);
    await workers.stop();
    await http.close();
    await webhooks.close();
    await simulator.stop();
    storage.close();
  }

  return { url: publicUrl, clients: access.clients, routes: app.routes, stop };
}

/** The provider that payments go to: one in this process, on a port of its own, or one that runs elsewhere on this machine. */
async function startSimulator(
  { simulator, folder }: Config,
  { simulatorApiKey: apiKey, simulatorWebhookSecret: webhookSecret }: KeyRing,
  { url: ownUrl, publicUrl }: { url: string; publicUrl: string },
) {
  if (simulator !== null)
    return { ...simulator, webhookSecret: simulator.webhookSecret ?? webhookSecret, stop: async () => {} };
  const webhooks = { webhookUrl: `${ownUrl}/providers/simulator/webhooks/simulator`, webhookSecret };
  const inside = openSimulator(join(folder, 'simulator.sqlite'), {
    publicUrl,
    accounts: [{ id: 'default', apiKey, ...webhooks }],
  });
  const url = await inside.listen(0);
  return { url, apiKey, webhookSecret, stop: inside.close };
}

function openSimulator(file: string, options: Omit<SimulatorOptions, 'file'>) {
  try {
    return createSimulator({ file, ...options });
  } catch (cause) {
    throw storageFault(file, cause);
  }
}

/** Listens first, because the port is part of the issuer's name; what comes before `handle` is asked to come again. */
function listen({ host, port }: Config): Promise<{ server: Server; url: string; handle: (app: Hono) => void }> {
  let app = new Hono().all('*', (c) => problem(c, 'starting'));
  const fetch = (request: Request, env: object) => app.fetch(request, env);
  const handle = (ready: Hono) => {
    app = ready;
  };
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, (address: AddressInfo) =>
      resolve({ server, url: `http://${reachedAt(host)}:${address.port}`, handle }),
    ) as Server;
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'EADDRINUSE'
          ? `port ${port} is in use. Set PORT to another one`
          : `listening on ${host}:${port} failed: ${cause.message}`;
      reject(new Fault('port_unavailable', message, { retryable: false, cause }));
    });
  });
}

/** From this machine; every address (0.0.0.0, ::) is also its own. */
function reachedAt(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}
