import type { Outcome, ProviderResponse } from '#core/provider/port.ts';
import { onAnswer, onLookup, onOutcome, onWebhooks, type Planted } from './plant.ts';

export const PLANTED_IN_READINGS: readonly Planted[] = [
  {
    name: 'a status word read as success that is not one',
    foundBy: 'every status word',
    plant: onAnswer((response) => rewritten(response, '"status":"processing"', '"status":"succeeded"')),
  },
  {
    name: 'a word that nobody knows is a success',
    foundBy: 'a word that is not in the table',
    plant: onAnswer((response) => ({
      ...response,
      body: response.body.replace(
        /"status":"(?!canceled|processing|requires|failed|pending)\w*"/,
        '"status":"succeeded"',
      ),
    })),
  },
  {
    name: 'a table that answers to the names of every object',
    foundBy: 'every decline code',
    plant: onOutcome((outcome) =>
      outcome.outcome === 'declined' && outcome.providerCode === 'constructor'
        ? { ...outcome, code: Object as unknown as typeof outcome.code }
        : outcome,
    ),
  },
  {
    name: 'a 5xx read by its body',
    foundBy: '5xx, 408, 425, 429',
    plant: onAnswer((response) => ({ ...response, status: response.status >= 500 ? 200 : response.status })),
  },
  {
    name: 'what is not JSON is a decline',
    foundBy: '5xx, 408, 425, 429',
    plant: onOutcome((outcome) =>
      outcome.outcome === 'unknown' && outcome.reason.includes('not JSON') ? declined() : outcome,
    ),
  },
  {
    name: 'a refusal (4xx) read by its body',
    foundBy: 'a refusal (4xx)',
    plant: onAnswer((response) => ({ ...response, status: 200 })),
  },
  {
    name: 'a call that is still under way is a refusal',
    foundBy: 'documented errors',
    plant: onAnswer((response) => ({ ...response, status: response.status === 409 ? 400 : response.status })),
  },
  {
    name: 'a reader that throws on a body without its object',
    foundBy: 'whatever comes back',
    plant: onAnswer((response) => {
      if (response.body === '{}') throw new TypeError('cannot read properties of undefined');
      return response;
    }),
  },
  {
    name: 'no check of the amount: what was asked is told as what was seen',
    foundBy: 'another amount or currency',
    plant: onOutcome((outcome, { amountMinor, currency }) =>
      'amountMinor' in outcome ? { ...outcome, amountMinor, currency } : outcome,
    ),
  },
  {
    name: 'no amount is told at all',
    foundBy: 'what was done is told',
    plant: onOutcome((outcome) => ('amountMinor' in outcome ? { ...outcome, amountMinor: null } : outcome)),
  },
  {
    name: 'an inquiry takes the first object of a list for ours',
    foundBy: 'an inquiry about what never arrived',
    plant: onLookup((lookup) => ({
      read: (operation, response) =>
        lookup.read(operation, {
          ...response,
          body: response.body.replaceAll(/"reference":"[^"]*"/g, `"reference":"${operation.reference}"`),
        }),
    })),
  },
  {
    name: 'an inquiry that only sees its first page',
    foundBy: 'an inquiry finds what was done long before',
    plant: onLookup((lookup) => ({
      read: (operation, response) => {
        const found = lookup.read(operation, response);
        return found.outcome === 'more' ? { outcome: 'not_found' } : found;
      },
    })),
  },
  {
    name: 'an inquiry about a time when it had not been sent',
    foundBy: 'an inquiry finds what was done though',
    plant: onLookup((lookup) => ({
      request: (operation, account, asked) =>
        lookup.request(operation, account, { ...asked, sentAt: asked.sentAt + 3_600_000 }),
    })),
  },
  {
    name: 'what a later capture took is told as taken with the authorisation',
    foundBy: 'whole lives',
    plant: (good) => ({
      ...onOutcome((outcome, { kind }) => (kind === 'authorize' ? capturedAtOnce(outcome) : outcome))(good),
      ...onWebhooks((webhooks) => ({
        read: (body) => {
          const notice = webhooks.read(body);
          return notice?.kind === 'authorize' ? { ...notice, outcome: capturedAtOnce(notice.outcome) } : notice;
        },
      }))(good),
    }),
  },
];

function rewritten(response: ProviderResponse, word: string, by: string): ProviderResponse {
  return { ...response, body: response.body.replaceAll(word, by) };
}

function declined(): Outcome {
  const nothing = { amountMinor: null, currency: null, providerReference: null, providerVersion: null };
  return { outcome: 'declined', code: 'unknown', providerCode: null, message: null, ...nothing };
}

function capturedAtOnce(outcome: Outcome): Outcome {
  return outcome.outcome === 'succeeded' ? { ...outcome, capturedMinor: outcome.amountMinor } : outcome;
}
