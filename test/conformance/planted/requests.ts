import type { ProviderRequest } from '#core/provider/port.ts';
import { next, onRequest, type Planted } from './plant.ts';

export const PLANTED_IN_REQUESTS: readonly Planted[] = [
  {
    name: 'a new key for every build of the request',
    foundBy: 'requests are the same bytes',
    plant: onRequest((request) => withKey(request, `key ${next()}`)),
  },
  {
    name: 'one key for all operations of a payment',
    foundBy: 'the idempotency key stands',
    plant: onRequest((request, { payment }) => withKey(request, payment)),
  },
  {
    name: 'one key for all operations of a payment: the second of two equal refunds is lost',
    foundBy: 'whole lives',
    plant: onRequest((request, { payment, kind }) => withKey(request, `${payment} ${kind}`)),
  },
  {
    name: 'the key in the body, where the provider does not look',
    foundBy: 'the idempotency key stands',
    plant: onRequest((request, { idempotencyKey }) => {
      const { 'idempotency-key': _, ...headers } = request.headers;
      return { ...request, headers, body: `${request.body}&idempotency_key=${idempotencyKey}` };
    }),
  },
  {
    name: 'a parameter that the provider does not know',
    foundBy: 'requests are as the official description says',
    plant: onRequest((request) => ({ ...request, body: `${request.body}&capture=true` })),
  },
  {
    name: 'the amount in the minor units of ISO 4217, whatever the provider counts in',
    foundBy: 'amounts are sent in the units',
    plant: onRequest((request, { amountMinor }) => withField(request, 'amount', String(amountMinor))),
  },
  {
    name: 'an amount that is asked for though it must be rounded',
    foundBy: 'an amount that the provider',
    plant: ({ request }) => ({
      takes: () => true,
      request: (operation, account) =>
        request({ ...operation, amountMinor: (operation.amountMinor / 100n) * 100n }, account),
    }),
  },
  {
    name: 'every capture takes all that is left',
    foundBy: 'other facts make other requests',
    plant: onRequest((request) => ({
      ...request,
      body: request.body?.replace(/amount_to_capture=\d+&.*$/, '') ?? null,
    })),
  },
  {
    name: 'the payment method is kept',
    foundBy: 'what is kept of an exchange',
    plant: () => ({ scrub: { headers: [], fields: [] } }),
  },
  {
    name: 'credentials that anybody may mistake for others are taken',
    foundBy: 'the form of its accounts',
    plant: ({ account }) => {
      const { secret_key, ...others } = account.credentials;
      return {
        account: { ...account, credentials: { ...others, secret_key: { ...secret_key, pattern: /./ } as never } },
      };
    },
  },
];

function withKey(request: ProviderRequest, key: string): ProviderRequest {
  return { ...request, headers: { ...request.headers, 'idempotency-key': key } };
}

function withField(request: ProviderRequest, name: string, value: string): ProviderRequest {
  return { ...request, body: request.body?.replace(new RegExp(`(^|&)${name}=[^&]*`), `$1${name}=${value}`) ?? null };
}
