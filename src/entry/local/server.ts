import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { createTransport } from '#adapters/http/transport.ts';
import { createWebhookClient } from '#adapters/http/webhookClient.ts';
import { storageFault } from '#adapters/local/sqlite/open.ts';
import { createSystemClock, createSystemRandom, createSystemTimers } from '#adapters/system/clock.ts';
import { createApp } from '#api/app.ts';
import { createRateLimiter } from '#api/rateLimiter.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock } from '#core/kit/world.ts';
import { createAccounts } from '#entry/accounts.ts';
import { createMetrics } from '#entry/metrics/metrics.ts';
import { createPlatform, type Ports } from '#entry/platform.ts';
import { echoesReferences } from '#entry/providers.ts';
import { createSimulator, type SimulatorOptions } from '#simulator/simulator.ts';
import { assertMayListen, isForThisMachine, openAccess } from './access.ts';
import { localAccountRules } from './accounts.ts';
import type { Config } from './config.ts';
import { createReadDocsFile } from './docsFiles.ts';
import { listen } from './httpServer.ts';
import type { KeyRing } from './keyRing.ts';
import { readRateLimits } from './rateLimitConfig.ts';
import { createReadiness } from './readiness.ts';
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

const ENVIRONMENT = 'local';

/** The whole platform in one process: API, workers, storage, an issuer of tokens and a provider to pay with. */
export async function startLocalServer({ config, log, onFailed, wrap = (ports) => ports }: LocalServerOptions) {
  assertMayListen(config);
  const clock = createSystemClock();
  const random = createSystemRandom();
  const metrics = createMetrics({ clock });
  const readiness = createReadiness();
  const failed = (fault: Error) => {
    readiness.storageFailed();
    onFailed(fault);
  };
  const storage = await openStorage(config.folder, { random, now: clock.now(), echoesReferences, onFailed: failed });
  const server = await listen(config);
  const { url } = server;
  const publicUrl = config.publicUrl ?? url;
  const simulator = await startSimulator(config, storage.keyRing, { url, publicUrl });
  const http = createTransport({ clock });
  const webhookClient = createWebhookClient({ clock, allowLoopback: isForThisMachine(config) });
  const common = { idSecret: storage.keyRing.idSecret, environment: ENVIRONMENT, clock, log };
  const rules = localAccountRules(simulator, { isForThisMachine: isForThisMachine(config) });
  const { accounts, manageAccounts } = createAccounts({ ...common, ...storage, rules });
  const platform = createPlatform(
    wrap({
      ...common,
      ...storage,
      accounts,
      projections: [...storage.projections, metrics.projection(storage.feed.head())],
      transport: metrics.measureTransport(http.transport),
      webhooks: { ...storage.webhooks, ...webhookClient, deliver: metrics.measureDeliverer(webhookClient.deliver) },
      timers: createSystemTimers(),
      random,
      publicUrl,
    }),
  );
  const access = await openAccess({ config, url, clock, random, log });
  const workers = platform.startWorkers();
  const { lag } = workers;
  metrics.watch({ ...platform, ...storage, lag, parked: () => platform.parking.list().length });
  const rateLimiter = createLocalRateLimiter(config, clock);
  const app = createApp({
    ...platform,
    manageAccounts,
    authenticate: access.authenticate,
    lag,
    log,
    onAnswered: metrics.answered,
    now: clock.monotonic,
    notReady: () => readiness.reasons(lag()),
    metrics: { text: metrics.text, open: isForThisMachine(config) },
    issuer: config.issuer ?? null,
    publicUrl,
    rateLimiter,
    readDocsFile: createReadDocsFile(),
  });
  access.mount(app, rateLimiter.takeToken);
  if (isForThisMachine(config)) app.all('/simulator/*', proxyTo(simulator.url));
  server.handle(app);

  async function stop(): Promise<void> {
    readiness.stopping();
    await sleep(config.stopDelayMs ?? 0);
    await server.stop();
    await workers.stop();
    await http.close();
    await webhookClient.close();
    await simulator.stop();
    storage.close();
  }

  return { url: publicUrl, clients: access.clients, routes: app.routes, stop };
}

function createLocalRateLimiter({ rateLimits }: Config, clock: Clock) {
  return createRateLimiter({
    limits: rateLimits ?? readRateLimits({}),
    now: clock.monotonic,
    addressOf: (c) => (c.env as HttpBindings).incoming.socket.remoteAddress ?? '',
  });
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
