import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Seconds. From a read in memory to the longest that a request may take. */
const HTTP_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];
/** Seconds. From a provider next door to the longest exchange. */
const OUTSIDE_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/**
 * Everything that is counted. Names by the conventions of Prometheus; no label takes more than some dozen values: never an id, a merchant
 * or a path as it was asked for. docs/reference/metrics.md is checked against this by a test.
 */
export function defineMetrics(registers: [Registry]) {
  return {
    http: new Histogram({
      name: 'florin_http_request_duration_seconds',
      help: 'Requests answered, by method, route (its pattern) and status',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: HTTP_BUCKETS,
      registers,
    }),
    events: new Counter({
      name: 'florin_payment_events_total',
      help: 'Facts about payments that were written since the start, by type',
      labelNames: ['type'] as const,
      registers,
    }),
    transitions: new Counter({
      name: 'florin_payment_transitions_total',
      help: 'Changes of the status of payments since the start; from is empty for a new payment',
      labelNames: ['from', 'to'] as const,
      registers,
    }),
    exchanges: new Histogram({
      name: 'florin_provider_exchange_duration_seconds',
      help: "Exchanges with providers, by host and outcome: the class of the answer's status, not_sent or unanswered",
      labelNames: ['host', 'outcome'] as const,
      buckets: OUTSIDE_BUCKETS,
      registers,
    }),
    deliveries: new Histogram({
      name: 'florin_webhook_delivery_duration_seconds',
      help: "Attempts to deliver a webhook to a merchant, by outcome: the class of the answer's status, refused, or why it failed",
      labelNames: ['outcome'] as const,
      buckets: OUTSIDE_BUCKETS,
      registers,
    }),
    circuits: new Gauge({
      name: 'florin_provider_circuits_open',
      help: 'Accounts at providers that are sent nothing new because their provider fails',
      registers,
    }),
    inDoubt: new Gauge({
      name: 'florin_payments_in_doubt',
      help: 'Payments whose outcome nobody knows yet',
      registers,
    }),
    lag: new Gauge({
      name: 'florin_feed_lag_commits',
      help: 'Commits that the slowest consumer of the feed has not seen yet',
      registers,
    }),
    parked: new Gauge({
      name: 'florin_parked_streams',
      help: 'Payments that are followed no further until somebody looks at them',
      registers,
    }),
    inbox: new Gauge({
      name: 'florin_inbox_items',
      help: 'Webhooks of providers that are not done, by state: waiting or quarantined',
      labelNames: ['state'] as const,
      registers,
    }),
    build: new Gauge({
      name: 'florin_build_info',
      help: 'Always 1',
      labelNames: ['version', 'node'] as const,
      registers,
    }),
  };
}
