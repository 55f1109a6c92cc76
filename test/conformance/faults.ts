import type { ProviderRequest, ProviderResponse } from '#core/provider/port.ts';
import type { Transport, TransportResult } from '#core/provider/ports.ts';
import type { FaultKind } from '../simulation/faultKinds.ts';
import type { Double } from './subject.ts';

/** What the network and the provider do to one exchange; the names are the simulation's. */
export const EXCHANGE_FAULTS = [
  'refused',
  'request_lost',
  'request_late',
  'request_twice',
  'reply_lost',
  'reply_late',
  'reply_garbled',
  'provider_broken',
  'gateway_broken',
  'provider_slow',
  'outage',
] as const satisfies readonly FaultKind[];

/** What happens to the webhooks of a payment. */
export const WEBHOOK_FAULTS = [
  'webhook_early',
  'webhook_twice',
  'webhook_late',
  'webhook_lost',
  'webhook_forged',
  'webhook_crossed',
] as const satisfies readonly FaultKind[];

/** What the simulation of the whole platform does, and why this kit doesn't. */
export const FAULTS_ELSEWHERE: Readonly<Partial<Record<FaultKind, string>>> = {
  crash: 'of the platform, whatever the adapter',
  freeze: 'of the platform, whatever the adapter',
  clock_skew: 'of the platform, whatever the adapter',
  clock_jump: 'of the platform, whatever the adapter',
  schedule_lost: 'of the platform, whatever the adapter',
  append_failed: 'of the storage, whatever the adapter',
  append_unclear: 'of the storage, whatever the adapter',
  append_late: 'of the storage, whatever the adapter',
  storage_failed: 'of the storage, whatever the adapter',
  storage_slow: 'of the storage, whatever the adapter',
  feed_repeat: 'of the storage, whatever the adapter',
  feed_delay: 'of the storage, whatever the adapter',
  feed_poison: 'of the storage, whatever the adapter',
  request_replayed: 'the key is forgotten: the platform finds the second charge, whatever the adapter',
  inquiry_lag: 'the delay is the account’s, whatever the adapter',
  late_decision: 'evidence joins the same way, whatever the adapter',
  amount_wrong: 'a behaviour of its own: another amount is told as it is',
  reversal: 'a status of its table',
  dashboard: 'two scenarios of their own',
  webhook_days_late: 'the same path as webhook_late',
  webhook_outage: 'the same path as webhook_late',
};

export type ExchangeFault = (typeof EXCHANGE_FAULTS)[number];
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];

const EXCHANGE_MS = 40;
const SLOW_MS = 400;
const OUTAGE_EXCHANGES = 4;

export type KitClock = { now: () => number; monotonic: () => number; advance: (ms: number) => void };

/** Lets the exchange with this number (from 0) go wrong. What is late arrives when `arriveLate` is called. */
export function createFaultyTransport(
  double: Double,
  clock: KitClock,
  planned: { fault: ExchangeFault; at: number } | null,
) {
  const late: ProviderRequest[] = [];
  const seen: ProviderRequest[] = [];

  const transport: Transport = async (request, { deadline }) => {
    const n = seen.length;
    seen.push(request);
    clock.advance(EXCHANGE_MS);
    const over = (): TransportResult => {
      clock.advance(Math.max(0, deadline - clock.monotonic()));
      return { kind: 'unanswered', reason: 'no answer before the deadline' };
    };
    const fault = planned === null ? null : faultAt(planned, n);
    switch (fault) {
      case null:
        return { kind: 'response', response: await double.handle(request) };
      case 'refused':
        return { kind: 'not_sent', reason: 'connection refused' };
      case 'outage':
      case 'request_lost':
        return over();
      case 'request_late':
        late.push(request);
        return over();
      case 'request_twice':
        await double.handle(request);
        return { kind: 'response', response: await double.handle(request) };
      case 'reply_lost':
      case 'reply_late':
        await double.handle(request);
        return over();
      case 'reply_garbled':
        return { kind: 'response', response: garbled(await double.handle(request), n) };
      case 'provider_broken':
        return { kind: 'response', response: { status: n % 2 === 0 ? 500 : 429, headers: {}, body: '{"error":{}}' } };
      case 'gateway_broken':
        await double.handle(request);
        return { kind: 'response', response: { status: 502, headers: {}, body: '<html>Bad gateway</html>' } };
      case 'provider_slow':
        clock.advance(SLOW_MS);
        return { kind: 'response', response: await double.handle(request) };
    }
  };

  return {
    transport,
    seen,
    arriveLate: async () => {
      for (const request of late.splice(0)) await double.handle(request);
    },
  };
}

function faultAt({ fault, at }: { fault: ExchangeFault; at: number }, n: number): ExchangeFault | null {
  if (fault === 'outage') return n >= at && n < at + OUTAGE_EXCHANGES ? fault : null;
  return n === at ? fault : null;
}

function garbled(response: ProviderResponse, n: number): ProviderResponse {
  if (n % 2 === 0) return { ...response, body: response.body.slice(0, Math.floor(response.body.length / 2)) };
  return { ...response, status: 200, body: '<html><body>A proxy is tired</body></html>' };
}
