import { assert } from '#core/kit/assert.ts';
import type {
  NextPage,
  NotFound,
  OperationRequest,
  Outcome,
  Provider,
  ProviderAccount,
  ProviderRequest,
  ProviderResponse,
} from './port.ts';
import { createScrubber } from './scrub.ts';

export type ProviderSubject = {
  provider: Provider;
  account: ProviderAccount;
  /** One of each kind, with what it needs. */
  operations: readonly OperationRequest[];
  /** The words that credentials and payment methods were given, to be found nowhere in what is kept. */
  secrets: readonly string[];
};

export type ProviderCase = { name: string; run: (subject: ProviderSubject) => void };

/** Answers that say nothing for certain, whoever gives them. */
const NOTHING_CERTAIN: readonly ProviderResponse[] = [
  ...[500, 502, 503, 504, 408, 425, 429].map((status) => ({ status, headers: {}, body: '{"status":"succeeded"}' })),
  ...[
    '',
    '<html><body>OK</body></html>',
    '{"status":"succ',
    'null',
    '[]',
    '"succeeded"',
    '{}',
    '{"status":"brand_new_word"}',
  ].map((body) => ({ status: 200, headers: {}, body })),
];

/** What every adapter does. An adapter that passes can't charge twice or believe what wasn't said; what it means is for its own tests. */
export const PROVIDER_CONTRACT: readonly ProviderCase[] = [
  {
    name: 'the same operation becomes the same request, to the byte',
    run: ({ provider, account, operations }) => {
      for (const operation of operations) {
        const [first, again] = [provider.request(operation, account), provider.request({ ...operation }, account)];
        assert(JSON.stringify(first) === JSON.stringify(again), `${operation.kind}: two requests differ`);
      }
    },
  },
  {
    name: 'the idempotency key that it was given is sent, and another operation has another one',
    run: ({ provider, account, operations }) => {
      for (const operation of operations) {
        const other = { ...operation, idempotencyKey: `${operation.idempotencyKey}x` };
        const [sent, otherSent] = [provider.request(operation, account), provider.request(other, account)];
        assert(JSON.stringify(sent).includes(operation.idempotencyKey), `${operation.kind}: the key is not sent`);
        assert(
          JSON.stringify(sent) !== JSON.stringify(otherSent),
          `${operation.kind}: another key makes no difference`,
        );
      }
    },
  },
  {
    name: 'requests go to the account that they are for, over nothing else',
    run: ({ provider, account, operations }) => {
      for (const operation of operations) {
        for (const { url } of requestsOf(provider, operation, account)) {
          assert(url.startsWith(`${account.baseUrl}/`), `${operation.kind}: ${url} is not at the account`);
        }
      }
    },
  },
  {
    name: 'what says nothing for certain is unknown: 5xx, HTML, a cut body, a new word',
    run: ({ provider, operations }) => {
      for (const operation of operations) {
        for (const response of NOTHING_CERTAIN) {
          assertUnknown(provider.read(operation, response), { operation, response });
          assertUnknown(readAgain(provider, operation, response), { operation, response });
        }
      }
    },
  },
  {
    name: 'what is kept of an exchange holds no credential and no payment method',
    run: ({ provider, account, operations, secrets }) => {
      const scrub = createScrubber(provider.scrub);
      for (const operation of operations) {
        const request = provider.request(operation, account);
        const echoed = { status: 200, headers: request.headers, body: request.body ?? '' };
        const requests = requestsOf(provider, operation, account).map(scrub.request).join(' ');
        const kept = `${requests} ${scrub.response(echoed)}`;
        for (const secret of secrets) assert(!kept.includes(secret), `${operation.kind}: a secret is kept`);
      }
    },
  },
  {
    name: 'a webhook without a signature, or with another one, is not genuine',
    run: ({ provider, account }) => {
      for (const headers of [{}, { authorization: 'x', signature: 'x' }]) {
        assert(!provider.webhooks.isGenuine({ headers, body: '{}' }, account, 0), 'an unsigned webhook was believed');
      }
    },
  },
  {
    name: 'a webhook that is not understood is nothing, and never an error',
    run: ({ provider }) => {
      for (const { body } of NOTHING_CERTAIN) {
        const notice = provider.webhooks.read(body);
        assert(
          notice === null || notice.outcome.outcome === 'unknown',
          `${body} was read as ${notice?.outcome.outcome}`,
        );
      }
    },
  },
];

/** What is sent of an operation, and what asks for it. */
function requestsOf(
  { request, inquiry }: Provider,
  operation: OperationRequest,
  account: ProviderAccount,
): readonly ProviderRequest[] {
  const asked = inquiry.kind === 'none' ? [] : [inquiry.request(operation, account, { sentAt: 0, after: null })];
  return [request(operation, account), ...asked];
}

function readAgain(
  { inquiry }: Provider,
  operation: OperationRequest,
  response: ProviderResponse,
): Outcome | NotFound | NextPage {
  return inquiry.kind === 'none' ? inquiry.readResent(operation, response) : inquiry.read(operation, response);
}

type Asked = { operation: OperationRequest; response: ProviderResponse };

function assertUnknown({ outcome }: Outcome | NotFound | NextPage, { operation, response }: Asked): void {
  assert(outcome === 'unknown', `${operation.kind}: ${response.status} ${response.body} was read as ${outcome}`);
}
