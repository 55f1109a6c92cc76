import { secret } from '#core/kit/secret.ts';
import { exponentOf } from '#core/money/currencies.ts';
import type { ProviderAccount } from '#core/provider/port.ts';
import { template } from '#providers/_template/provider.ts';
import type { Subject } from '../subject.ts';
import { AUTHORIZE, answer, ERRORS, EVENTS, STATUSES } from './answers.ts';
import { createTemplateDouble } from './double.ts';

// What the kit must know beside the adapter. Expectations come from the provider's description, never from the adapter's own tables.

function account(id: string): ProviderAccount {
  const credentials = { api_key: [secret(`key_of_the_${id}`)], webhook_secret: [secret(`secret_of_the_${id}`)] };
  const timing = { connectMs: 500, sendWithinMs: 500, exchangeMs: 1000, propagationMs: 2000 };
  return { id, provider: 'template', baseUrl: 'https://api.provider.example', credentials, settings: {}, timing };
}

const NOTHING = { method: 'POST', url: '', headers: {}, body: null } as const;

export const subject: Subject = {
  provider: template,
  account: account('first'),
  otherAccount: account('other'),
  form: { good: [], bad: [] },
  generate: {
    tokens: ['tok'],
    anyToken: false,
    targetReferences: ['ref_1'],
    currencies: () => true,
    amountMinorMax: 99_999_999n,
  },
  description: { kind: 'none', reason: 'nobody has looked for one yet' },
  idempotency: { charactersMax: 0, keyOf: () => null },
  amounts: { sent: () => null, exponentOf, untold: [] },
  statuses: STATUSES,
  declines: { codes: {}, answer: () => answer(AUTHORIZE, {}) },
  errors: ERRORS,
  webhooks: {
    sign: (body) => ({ headers: {}, body }),
    secretField: 'webhook_secret',
    toleranceMs: null,
    signsWithTwoSecrets: false,
    body: '{"id":"event"}',
    tampered: null,
    events: EVENTS,
  },
  transcript: {
    request: NOTHING,
    response: { status: 0, headers: {}, body: '' },
    maskedRequest: NOTHING,
    maskedResponse: { status: 0, headers: {}, body: '' },
  },
  createDouble: createTemplateDouble,
  tokens: { approved: 'tok', declined: { token: 'tok', code: 'unknown' }, challenge: null },
};
