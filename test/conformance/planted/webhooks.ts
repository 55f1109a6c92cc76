import { createHmac } from 'node:crypto';
import { credentialOf } from '#core/provider/accountForm.ts';
import type { Provider } from '#core/provider/port.ts';
import { next, onWebhooks, type Planted } from './plant.ts';

export const PLANTED_IN_WEBHOOKS: readonly Planted[] = [
  {
    name: 'a signature compared with that of the parsed body',
    foundBy: 'a webhook that was changed',
    plant: onWebhooks((webhooks) => ({
      isGenuine: ({ headers, body }, account, now) => {
        const isIt = (text: string) => webhooks.isGenuine({ headers, body: text }, account, now);
        return isIt(body) || (isJson(body) && isIt(JSON.stringify(JSON.parse(body))));
      },
    })),
  },
  {
    name: 'a signature of any age',
    foundBy: 'an old signature',
    plant: onWebhooks((webhooks) => ({
      isGenuine: (delivery, account) => {
        const signedAt = /t=(\d+)/.exec(delivery.headers['stripe-signature'] ?? '')?.[1] ?? '0';
        return webhooks.isGenuine(delivery, account, Number(signedAt) * 1000);
      },
    })),
  },
  {
    name: 'only the first of several signatures is looked at',
    foundBy: 'while a secret is replaced',
    plant: onWebhooks((webhooks) => ({
      isGenuine: ({ headers, body }, account, now) => {
        const first = (headers['stripe-signature'] ?? '').replace(/(v1=[0-9a-f]+),.*$/, '$1');
        return webhooks.isGenuine({ headers: { 'stripe-signature': first }, body }, account, now);
      },
    })),
  },
  {
    name: 'the former secret is forgotten at once',
    foundBy: 'while a secret is replaced',
    plant: onWebhooks((webhooks) => ({
      isGenuine: (delivery, account, now) => {
        const newest = { webhook_secret: [credentialOf(account, 'webhook_secret')] };
        return webhooks.isGenuine(delivery, { ...account, credentials: newest }, now);
      },
    })),
  },
  {
    name: 'the signature is there, and nobody compares it',
    foundBy: 'a webhook is genuine only',
    plant: onWebhooks(() => ({
      isGenuine: ({ headers }) => /v1=[0-9a-f]{64}/.test(headers['stripe-signature'] ?? ''),
    })),
  },
  {
    name: 'any account’s secret is good',
    foundBy: 'a webhook is genuine only',
    plant: onWebhooks((webhooks) => ({
      isGenuine: (delivery, account, now) => webhooks.isGenuine(delivery, account, now) || isOfTheOther(delivery, now),
    })),
  },
  {
    name: 'an event about money that is not read',
    foundBy: 'events about money',
    plant: onWebhooks((webhooks) => ({
      read: (body) => (body.includes('"refund.failed"') ? null : webhooks.read(body)),
    })),
  },
  {
    name: 'what is not understood is forgotten',
    foundBy: 'a webhook that is not understood',
    plant: onWebhooks(() => ({ isOther: () => true })),
  },
  {
    name: 'a second delivery is another event',
    foundBy: 'a replayed webhook',
    plant: onWebhooks((webhooks) => ({
      read: (body) => {
        const notice = webhooks.read(body);
        return notice === null ? null : { ...notice, id: `${notice.id} ${next()}` };
      },
    })),
  },
  {
    name: 'a release of a hold is read as a refund',
    foundBy: 'whole lives',
    plant: onWebhooks((webhooks) => ({
      read: (body) => webhooks.read(body.replace('"balance_transaction":null', '"balance_transaction":"txn"')),
    })),
  },
];

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isOfTheOther({ headers, body }: Parameters<Provider['webhooks']['isGenuine']>[0], now: number): boolean {
  const t = Math.floor(now / 1000);
  const signature = createHmac('sha256', 'whsec_of_the_other').update(`${t}.${body}`).digest('hex');
  return (headers['stripe-signature'] ?? '').includes(signature);
}
