import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Answered } from '#api/answered.ts';
import type { Inbox } from '#core/ingress/ports.ts';
import type { Clock } from '#core/kit/world.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';
import { statusOf } from '#core/payments/status.ts';
import type { Transport, TransportResult } from '#core/provider/ports.ts';
import type { Deliverer, DeliveryResult } from '#core/webhooks/ports.ts';
import { defineMetrics } from './definitions.ts';

/** What is asked when somebody looks. */
export type Watched = {
  lag: () => number;
  parked: () => number;
  inDoubt: () => number;
  circuitsOpen: () => number;
  inbox: Pick<Inbox, 'counts'>;
};

type Observer = { observe: (value: number) => void };

/** What Prometheus reads. Wrappers round ports, put there where the parts are joined: nothing else knows that it is measured. */
export function createMetrics({ clock }: { clock: Pick<Clock, 'monotonic'> }) {
  const registry = new Registry();
  const metrics = defineMetrics([registry]);
  collectDefaultMetrics({ register: registry });
  metrics.build.set({ version: readVersion(), node: process.versions.node }, 1);
  // A library's lookup of a series by its labels costs more than all the rest of a measurement.
  const http = remembered((method, route, status) => metrics.http.labels({ method, route, status }));
  const exchanges = remembered((host, outcome) => metrics.exchanges.labels({ host, outcome }));
  const deliveries = remembered((outcome) => metrics.deliveries.labels({ outcome }));
  let watched: Watched | null = null;

  return {
    answered: ({ method, route, status, durationMs }: Answered): void =>
      http(method, route, String(status)).observe(durationMs / 1000),

    measureTransport: (transport: Transport): Transport => {
      return async (request, limits) => {
        const beganAt = clock.monotonic();
        const result = await transport(request, limits);
        exchanges(hostOf(request.url), outcomeOf(result)).observe((clock.monotonic() - beganAt) / 1000);
        return result;
      };
    },

    measureDeliverer: (deliver: Deliverer): Deliverer => {
      return async (request) => {
        const result = await deliver(request);
        deliveries(deliveryOutcomeOf(result)).observe(result.durationMs / 1000);
        return result;
      };
    },

    /** Follows the feed from where it is now, in memory. */
    projection: (head: number): PaymentProjection => {
      let position = head;
      return {
        name: 'metrics',
        position: () => position,
        save: (_, until, commits) => {
          for (const { commit, history } of commits) {
            const version = history.versions[commit.seq - 1];
            if (version === undefined) continue;
            for (const { type } of version.events) metrics.events.inc({ type });
            const before = history.versions[commit.seq - 2];
            const from = before === undefined ? '' : statusOf(before.payment);
            const to = statusOf(version.payment);
            if (from !== to) metrics.transitions.inc({ from, to });
          }
          position = until;
        },
      };
    },

    watch: (sources: Watched): void => {
      watched = sources;
    },

    /** The text format of Prometheus, version 0.0.4. */
    text: async (): Promise<string> => {
      if (watched !== null) {
        const { waiting, quarantined } = await watched.inbox.counts();
        metrics.inbox.set({ state: 'waiting' }, waiting);
        metrics.inbox.set({ state: 'quarantined' }, quarantined);
        metrics.lag.set(watched.lag());
        metrics.parked.set(watched.parked());
        metrics.inDoubt.set(watched.inDoubt());
        metrics.circuits.set(watched.circuitsOpen());
      }
      return await registry.metrics();
    },
  };
}

function readVersion(): string {
  const manifest = join(import.meta.dirname, '../../../package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function remembered(find: (...labels: string[]) => Observer): (...labels: string[]) => Observer {
  const known = new Map<string, Observer>();
  return (...labels) => {
    const key = labels.join(' ');
    const series = known.get(key) ?? find(...labels);
    known.set(key, series);
    return series;
  };
}

function hostOf(url: string): string {
  const begin = url.indexOf('//') + 2;
  return url.slice(begin, url.indexOf('/', begin));
}

function outcomeOf(result: TransportResult): string {
  return result.kind === 'response' ? classOf(result.response.status) : result.kind;
}

function deliveryOutcomeOf(result: DeliveryResult): string {
  if (result.kind === 'answered') return classOf(result.status);
  return result.kind === 'refused' ? 'refused' : result.reason;
}

function classOf(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}
