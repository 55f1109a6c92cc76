import { createHmac } from 'node:crypto';
import { secret } from '#core/kit/secret.ts';
import { exponentOf } from '#core/money/currencies.ts';
import type { ProviderAccount, ProviderRequest } from '#core/provider/port.ts';
import { simulator } from '#providers/simulator/provider.ts';
import type { Subject } from '../subject.ts';
import { AUTHORIZE, answer, CHARGE, ERRORS, EVENTS, event, STATUSES } from './answers.ts';
import { closeSimulator, createSimulatorDouble } from './double.ts';

function account(id: string): ProviderAccount {
  const credentials = { api_key: [secret(`sk_of_the_${id}`)], webhook_secret: [secret(`whsec_of_the_${id}`)] };
  const timing = { connectMs: 500, sendWithinMs: 500, exchangeMs: 1000, propagationMs: 2000 };
  return { id, provider: 'simulator', baseUrl: 'http://simulator.example', credentials, settings: {}, timing };
}

const CREDENTIALS = { api_key: 'sim_local_key', webhook_secret: 'whsec' };

export const subject: Subject = {
  provider: simulator,
  account: account('first'),
  otherAccount: account('other'),
  form: {
    good: [{ credentials: CREDENTIALS, settings: {} }],
    bad: [
      { credentials: { api_key: 'sim_local_key' }, settings: {} },
      { credentials: { ...CREDENTIALS, api_key: 'with space' }, settings: {} },
      { credentials: CREDENTIALS, settings: { region: 'eu' } },
    ],
  },
  generate: {
    tokens: ['tok_approved', 'tok_declined', 'tok_requires_action'],
    anyToken: true,
    targetReferences: ['sim_1', 'sim_0123456789abcdef', 'sim/../1 ?#%'],
    currencies: () => true,
    amountMinorMax: 999_999_999_999n,
  },
  description: {
    kind: 'none',
    reason: 'its description is a page of prose; its double is the simulator itself, which is strict',
  },
  idempotency: { charactersMax: 255, keyOf: ({ headers }) => headers['idempotency-key'] ?? null },
  amounts: { sent: sentAmount, exponentOf, untold: [] },
  statuses: STATUSES,
  declines: {
    codes: {
      do_not_honor: 'do_not_honor',
      insufficient_funds: 'insufficient_funds',
      expired_card: 'expired_card',
      suspected_fraud: 'suspected_fraud',
      authentication_failed: 'authentication_failed',
    },
    answer: (code) => answer(AUTHORIZE, { ...CHARGE, status: 'declined', amount_authorized: 0, decline_code: code }),
  },
  errors: ERRORS,
  webhooks: {
    sign: (body, { secrets, at }) => {
      const t = Math.floor(at / 1000);
      const v1 = createHmac('sha256', secrets[0] ?? '')
        .update(`${t}.${body}`)
        .digest('hex');
      return { headers: { 'simulator-signature': `t=${t},v1=${v1}` }, body };
    },
    secretField: 'webhook_secret',
    toleranceMs: 300_000,
    signsWithTwoSecrets: false,
    body: event('9', CHARGE),
    tampered: null,
    events: EVENTS,
  },
  transcript: {
    request: request('tok_secret', 'https://shop.example/back?customer=ada'),
    response: answer(AUTHORIZE, { redirect_url: 'https://simulator.example/c?customer=ada', status: 'pending' })
      .response,
    maskedRequest: { ...request('***', '***'), headers: { authorization: '***', 'idempotency-key': 'key' } },
    maskedResponse: answer(AUTHORIZE, { redirect_url: '***', status: 'pending' }).response,
  },
  createDouble: createSimulatorDouble,
  close: closeSimulator,
  tokens: {
    approved: 'tok_approved',
    declined: { token: 'tok_declined', code: 'do_not_honor' },
    challenge: 'tok_requires_action',
  },
};

function request(token: string, returnUrl: string): ProviderRequest {
  return {
    method: 'POST',
    url: 'http://simulator.example/v1/charges',
    headers: { authorization: 'Bearer sk_secret', 'idempotency-key': 'key' },
    body: JSON.stringify({ amount: 1000, token, return_url: returnUrl }),
  };
}

function sentAmount({ body }: ProviderRequest) {
  const sent = JSON.parse(body ?? '{}') as { amount?: number; currency?: string };
  return sent.amount === undefined ? null : { units: BigInt(sent.amount), currency: sent.currency ?? null };
}
