import type { ProviderRequest } from '#core/provider/port.ts';
import { createSimulatedTransport } from '../instance/transport.ts';
import { onJournal, onProvider, onTransport, type Plant, type PlantedBugs } from './plant.ts';

/** Bugs on the way from a decision to the provider. */
export const SENDING_BUGS: PlantedBugs = {
  time_out_read_as_not_sent: {
    wrong: 'no answer before the deadline counts as: it did not leave',
    plant: onTransport((transport) => async (request, limits) => {
      const result = await transport(request, limits);
      return result.kind === 'unanswered' ? { kind: 'not_sent', reason: result.reason } : result;
    }),
  },
  http_client_retries: {
    wrong: 'the HTTP client sends again by itself when no answer came',
    plant: onTransport((transport) => async (request, limits) => {
      const result = await transport(request, limits);
      return result.kind === 'unanswered' ? await transport(request, limits) : result;
    }),
  },
  random_key_per_attempt: {
    wrong: 'each sending has an idempotency key of its own',
    plant: onTransport(
      (transport, { random }) =>
        (request, limits) =>
          transport(withRandomKey(request, random.bytes(4)), limits),
    ),
  },
  no_send_before_check: {
    wrong: 'a process that wakes up late sends all the same',
    plant: onTransport(
      (transport) => (request, limits) => transport(request, { ...limits, sendBefore: Number.POSITIVE_INFINITY }),
    ),
  },
  clock_stands_still_when_frozen: {
    wrong: 'the clock that deadlines are measured by does not count while the process stands still',
    plant: {
      ports: (ports, { world, process }) => {
        const clock = { ...ports.clock, monotonic: () => ports.clock.monotonic() - process.frozenMs };
        return { ...ports, clock, transport: createSimulatedTransport(world, process, clock) };
      },
    },
  },
  body_changed_on_the_way: {
    wrong: 'an interceptor rounds the amount to whole units after the request was written down',
    plant: onTransport(
      (transport) => (request, limits) =>
        transport({ ...request, body: request.body?.replace(/"amount":(\d+)\d\d,/, '"amount":$100,') ?? null }, limits),
    ),
  },
  sent_before_the_commit: {
    wrong: 'the append is answered before it is durable',
    plant: onJournal(({ append }) => ({
      append: async (commit) => {
        void append(commit).catch(() => {});
        return 'appended';
      },
    })),
  },
  account_of_another: {
    wrong: 'payments of all merchants go to one account',
    plant: {
      ports: ({ accounts, ...ports }) => ({
        ...ports,
        accounts: {
          ...accounts,
          of: async (merchant) => ({
            ...(await accounts.of(merchant)),
            inOrder: (await accounts.of('mer_ada')).inOrder,
          }),
        },
      }),
    },
  },
  token_kept: {
    wrong: 'what is kept of an exchange is not masked',
    plant: onProvider(() => ({ scrub: { headers: [], fields: [] } })),
  },
  final_by_mistake: {
    wrong: 'the adapter asks for every capture as the last one',
    plant: onProvider(({ request }) => ({
      request: (operation, account) => request({ ...operation, final: true }, account),
    })),
  },
  resent_after_the_window: {
    wrong: 'the adapter says that the provider remembers keys for ten times as long',
    plant: onProvider(({ capabilities }) => ({
      capabilities: { ...capabilities, idempotencyWindowMs: capabilities.idempotencyWindowMs * 10 },
    })),
  },
  resent_with_another_key: {
    wrong: 'what is sent again has another idempotency key',
    plant: onSecond(({ headers, ...request }) => ({
      ...request,
      headers: { ...headers, 'idempotency-key': `${headers['idempotency-key']} again` },
    })),
  },
  resent_with_other_bytes: {
    wrong: 'what is sent again says something more',
    plant: onSecond((request) => ({ ...request, body: request.body?.replace(/}$/, ',"again":true}') ?? null })),
  },
  key_by_payment: {
    wrong: 'the adapter makes the idempotency key of the payment and the kind: two captures share one',
    plant: onProvider(({ request }) => ({
      request: (operation, account) => {
        const built = request(operation, account);
        return { ...built, headers: { ...built.headers, 'idempotency-key': `${operation.payment} ${operation.kind}` } };
      },
    })),
  },
};

function onSecond(change: (request: ProviderRequest) => ProviderRequest): Plant {
  return onTransport((transport) => {
    const seen = new Set<string>();
    return (request, limits) => {
      const key = request.headers['idempotency-key'] ?? '';
      const isAgain = request.method === 'POST' && seen.has(key);
      seen.add(key);
      return transport(isAgain ? change(request) : request, limits);
    };
  });
}

function withRandomKey(request: ProviderRequest, bytes: Uint8Array): ProviderRequest {
  if (request.method === 'GET') return request;
  return { ...request, headers: { ...request.headers, 'idempotency-key': Buffer.from(bytes).toString('hex') } };
}
