import { createMemoryDocuments } from '#core/documents/memory.ts';
import type { StoredCommit } from '#core/journal/commit.ts';
import { idSecretOf } from '#core/kit/id.ts';
import { secret } from '#core/kit/secret.ts';
import { historyOf } from '#core/ledger/testKit.ts';
import type { History } from '#core/payments/history.ts';
import type { Payment } from '#core/payments/payment.ts';
import type { FoldedCommit } from '#core/payments/projection.ts';
import type { Step } from '#core/payments/testKit.ts';
import type { Sealer } from '#core/secrets/ports.ts';
import { createDeliverWebhook, type Render } from './deliver.ts';
import { createDeliveries } from './deliveries.ts';
import { createEndpoints } from './endpoints.ts';
import { createMemoryWebhooks } from './memory.ts';
import type { DeliveryRequest, DeliveryResult, UrlRefusal } from './ports.ts';
import { createWebhooksProjection } from './projection.ts';
import { createReadEvents } from './readEvents.ts';
import { createSendWebhook } from './send.ts';

/** For tests: all that tells merchants, on memory, with one hand on the clock and the other on what endpoints answer. */
export function createTestWebhooks({ start, tellFrom = 0 }: { start: number; tellFrom?: number }) {
  let now = start;
  let answer: (request: DeliveryRequest) => DeliveryResult = () => answered(204);
  let refusal: UrlRefusal | null = null;
  let dice = 0;
  let nextId = 0;
  const errors: string[] = [];
  const sent: DeliveryRequest[] = [];
  const streams = new Map<string, History>();
  const faults = new Map<string, Error>();
  const commits: FoldedCommit[] = [];
  const clock = { now: () => now, monotonic: () => now };
  const log = { info: () => {}, error: (message: string) => void errors.push(message) };
  const random = {
    bytes: (count: number) => {
      nextId += 1;
      return count === 1 ? new Uint8Array([dice]) : new Uint8Array(count).fill(nextId);
    },
  };
  const sealer: Sealer = {
    seal: async (text, purpose) => `${purpose}|${text}`,
    open: async (sealed, purpose) => secret(sealed.slice(purpose.length + 1)),
  };
  const { events, queue } = createMemoryWebhooks({ tellFrom });
  const histories = {
    load: async (stream: string) => {
      const fault = faults.get(stream);
      if (fault !== undefined) throw fault;
      return streams.get(stream) ?? { stream, versions: [] };
    },
  };
  const documents = createMemoryDocuments();
  const endpoints = createEndpoints({ documents, sealer, queue, checkUrl: async () => refusal, clock, random });
  const readEvents = createReadEvents({ events, histories, clock });
  const deliverer = async (request: DeliveryRequest) => {
    sent.push(request);
    return answer(request);
  };
  const sendWebhook = createSendWebhook({ endpoints, deliverer, clock });
  const render: Render = {
    event: ({ id, type, sequence }) => JSON.stringify({ id, type, sequence }),
    notice: ({ id, type, endpoint }) => JSON.stringify({ id, type, endpoint: endpoint.id, state: endpoint.state }),
  };
  const parts = { queue, endpoints, readEvents, sendWebhook, render, clock, random, idSecret: ID_SECRET, log };
  const projection = createWebhooksProjection({ events, endpoints, clock, idSecret: ID_SECRET, log });
  const deliver = createDeliverWebhook(parts);

  /** Commits of a payment of a merchant, all at the time that it is now. */
  function commit(key: string, steps: readonly Step[], merchant = 'mer_1'): History {
    const stream = `pay_${key.padStart(32, '0')}`;
    const made = historyOf(steps);
    const versions = made.versions.map((version) => {
      const payment: Payment = { ...version.payment, id: stream, merchant };
      return { ...version, payment, at: now };
    });
    const history = { stream, versions };
    streams.set(stream, history);
    for (const index of versions.keys())
      commits.push({
        position: commits.length + 1,
        commit: { stream, seq: index + 1 } as StoredCommit,
        history,
      });
    return history;
  }

  return {
    events,
    queue,
    endpoints,
    documents,
    readEvents,
    projection,
    deliveries: createDeliveries(parts),
    deliver,
    commit,
    commits,
    streams,
    /** What loading a stream throws. */
    faults,
    sent,
    errors,
    follow: async () => await projection.save([], commits.length, commits),
    /** Takes and delivers whatever is due, once each. */
    deliverDue: async () => {
      for (const { endpoint } of await queue.ready(now))
        for (const taken of await queue.take(endpoint, { now, leaseUntil: now + 45_000, limit: 100 }))
          await deliver(taken, () => false);
    },
    pass: (ms: number) => {
      now += ms;
    },
    now: () => now,
    answer: (with_: (request: DeliveryRequest) => DeliveryResult) => {
      answer = with_;
    },
    refuseUrls: (reason: UrlRefusal | null) => {
      refusal = reason;
    },
    rollDice: (value: number) => {
      dice = value;
    },
  };
}

const ID_SECRET = idSecretOf(new Uint8Array(32));

export function answered(status: number, changes: { retryAfter?: string; bodyStart?: string } = {}): DeliveryResult {
  return { kind: 'answered', status, retryAfter: null, bodyStart: '', durationMs: 12.4, ...changes };
}
