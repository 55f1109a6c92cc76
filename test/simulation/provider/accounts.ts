import { defined } from '#core/kit/assert.ts';
import { idSecretOf } from '#core/kit/id.ts';
import { secret } from '#core/kit/secret.ts';
import type { ConnectedAccount, ProviderAccounts } from '#core/payments/ports.ts';
import type { Provider } from '#core/provider/port.ts';
import { adyen } from '#providers/adyen/provider.ts';
import { simulator } from '#providers/simulator/provider.ts';
import { stripe } from '#providers/stripe/provider.ts';

import { adyenWire } from './adyenWire.ts';
import { stripeWire } from './stripeWire.ts';
import { simulatorWire, type Wire } from './wire.ts';

export const secretOfIds = idSecretOf(new Uint8Array(32).fill(7));

const HOUR_MS = 60 * 60 * 1000;

/**
 * The same adapter, as if for a provider that is harder to deal with: its inquiries may not find what is there, its webhooks don't carry our
 * ids, and it voids no rest of a hold.
 */
const plain: Provider = {
  ...simulator,
  name: 'plain',
  capabilities: { ...simulator.capabilities, voidsRest: false, echoesReferences: false },
  inquiry: { ...simulator.inquiry, kind: 'eventual' },
  webhooks: {
    ...simulator.webhooks,
    read: (body) => {
      const notice = simulator.webhooks.read(body);
      return typeof notice !== 'object' || notice === null ? notice : { ...notice, reference: null, payment: null };
    },
  },
};

const DAY_MS = 24 * HOUR_MS;
/** Shorter than the time that things go wrong in: some doubts outlive the key. */
const SHORT_MS = 2 * 60 * 1000;
const OF_THIS_CALL: ReadonlySet<number> = new Set([401, 422]);

/** As if for a provider that can't be asked, and forgets keys soon. */
const mute: Provider = {
  ...simulator,
  name: 'mute',
  capabilities: { ...simulator.capabilities, idempotencyWindowMs: SHORT_MS },
  inquiry: {
    kind: 'none',
    readResent: (operation, response) =>
      OF_THIS_CALL.has(response.status)
        ? { outcome: 'unknown', reason: `status ${response.status}` }
        : simulator.read(operation, response),
  },
};

/** `lagMsMax`: how long after it was done something may be missing in the answer to an inquiry. */
export type SimulatedAccount = { connected: ConnectedAccount; wire: Wire; lagMsMax: number; keptKeysMs: number };

export const ACCOUNTS: readonly SimulatedAccount[] = [
  { connected: connect(simulator, 'north'), wire: simulatorWire, lagMsMax: 700, keptKeysMs: DAY_MS },
  { connected: connect(simulator, 'south', 20_000), wire: simulatorWire, lagMsMax: 18_000, keptKeysMs: DAY_MS },
  { connected: connect(plain, 'east'), wire: simulatorWire, lagMsMax: 8 * HOUR_MS, keptKeysMs: DAY_MS },
  { connected: connect(mute, 'west'), wire: simulatorWire, lagMsMax: 0, keptKeysMs: SHORT_MS },
  { connected: stripeAccount('galway'), wire: stripeWire, lagMsMax: 18_000, keptKeysMs: DAY_MS },
  { connected: adyenAccount('delft'), wire: adyenWire, lagMsMax: 0, keptKeysMs: 7 * DAY_MS },
];

function connect(provider: Provider, id: string, propagationMs = 2000): ConnectedAccount {
  return {
    provider,
    account: {
      id,
      provider: provider.name,
      baseUrl: `https://${id}.example`,
      credentials: { api_key: [secret(`key of ${id}`)], webhook_secret: [secret(`webhook secret of ${id}`)] },
      settings: {},
      timing: { connectMs: 500, sendWithinMs: 500, exchangeMs: 1000, propagationMs },
    },
  };
}

function stripeAccount(id: string): ConnectedAccount {
  const { account } = connect(stripe, id, 20_000);
  const credentials = {
    secret_key: [secret(`sk_test_${'a'.repeat(24)}`)],
    webhook_secret: [secret(`whsec_${'b'.repeat(24)}`)],
  };
  return { provider: stripe, account: { ...account, credentials, settings: { multicapture: 'no' } } };
}

function adyenAccount(id: string): ConnectedAccount {
  const { account } = connect(adyen, id, 0);
  const credentials = { api_key: [secret(`key of ${id}`)], hmac_key: [secret('ab'.repeat(32))] };
  return { provider: adyen, account: { ...account, credentials, settings: { merchant_account: 'Delft' } } };
}

export const MERCHANTS: Readonly<Record<string, string>> = {
  mer_ada: 'north',
  mer_bob: 'north',
  mer_cem: 'south',
  mer_dia: 'east',
  mer_eva: 'west',
  mer_fay: 'delft',
  mer_gus: 'galway',
};

export function echoesReferences(provider: string): boolean {
  return ACCOUNTS.some(
    ({ connected }) => connected.provider.name === provider && connected.provider.capabilities.echoesReferences,
  );
}

export function canBeAsked(account: string): boolean {
  return ACCOUNTS.some(
    ({ connected }) => connected.account.id === account && connected.provider.inquiry.kind !== 'none',
  );
}

/** Whether it decides on a challenge only when it is told what the customer has brought back. */
export function completes(account: string): boolean {
  return 'completion' in connectedOf(account).provider;
}

export function connectedOf(account: string): ConnectedAccount {
  return simulatedOf(account).connected;
}

export function wireOf(account: string): Wire {
  return simulatedOf(account).wire;
}

function simulatedOf(account: string): SimulatedAccount {
  return defined(
    ACCOUNTS.find(({ connected }) => connected.account.id === account),
    `no account ${account}`,
  );
}

/** For how long the provider remembers what it answered to a key. */
export function keptKeysMsOf(account: string): number {
  return ACCOUNTS.find(({ connected }) => connected.account.id === account)?.keptKeysMs ?? DAY_MS;
}

/** `look`: at once, for what watches from outside. */
export type SimulatedAccounts = ProviderAccounts & { look: (account: string) => ConnectedAccount | null };

/** Where each merchant's payments go. `wrap`: a planted bug may put its own adapter or timing there. */
export function createAccounts(wrap: (connected: ConnectedAccount) => ConnectedAccount): SimulatedAccounts {
  const all = ACCOUNTS.map(({ connected }) => wrap(connected));
  const find = (id: string) => all.find(({ account }) => account.id === id) ?? null;
  const inOrderOf = (merchant: string) => all.filter(({ account }) => account.id === MERCHANTS[merchant]);
  return {
    of: async (merchant) => {
      const inOrder = inOrderOf(merchant);
      return { inOrder, onlyNamed: [], find: (id) => inOrder.find(({ account }) => account.id === id) ?? null };
    },
    find: async (id) => find(id),
    unnamed: (name) => all.filter(({ provider }) => provider.name === name),
    provider: (name) => all.find(({ provider }) => provider.name === name)?.provider ?? null,
    doubt: () => {},
    look: find,
  };
}
