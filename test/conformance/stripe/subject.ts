import { createHmac } from 'node:crypto';
import { secret } from '#core/kit/secret.ts';
import { type Currency, exponentOf } from '#core/money/currencies.ts';
import type { ProviderAccount, ProviderRequest } from '#core/provider/port.ts';
import { stripe } from '#providers/stripe/provider.ts';
import type { SentAmount, Subject } from '../subject.ts';
import { AUTHORIZE, answer, DECLINED, ERRORS, INTENT, REFUND, STATUSES } from './answers.ts';
import { DECLINE_CODES_OF_STRIPE } from './declines.ts';
import { openStripe } from './description.ts';
import { createStripeDouble, SECRET_KEY } from './double.ts';
import { EVENTS, event } from './events.ts';
import { TRANSCRIPT } from './transcript.ts';

const TIMING = { connectMs: 500, sendWithinMs: 500, exchangeMs: 1000, propagationMs: 2000 };

function account(id: string, key: string, webhookSecret: string): ProviderAccount {
  const credentials = { secret_key: [secret(key)], webhook_secret: [secret(webhookSecret)] };
  const settings = { multicapture: 'yes' };
  return { id, provider: 'stripe', baseUrl: 'https://api.stripe.example', credentials, settings, timing: TIMING };
}

const TOLD = { secret_key: `sk_live_${'x'.repeat(24)}`, webhook_secret: `whsec_${'x'.repeat(32)}` };

/** From docs.stripe.com/currencies: zero-decimal currencies, and the special cases ISK and UGX. The others as ISO 4217 has them. */
const ZERO = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
const TWO_ALWAYS_00 = ['ISK', 'UGX'];

function exponentAtStripe(currency: Currency): number {
  if (ZERO.includes(currency)) return 0;
  return TWO_ALWAYS_00.includes(currency) ? 2 : exponentOf(currency);
}

export const subject: Subject = {
  provider: stripe,
  account: account('first', SECRET_KEY, 'whsec_of_the_first'),
  otherAccount: account('other', `sk_test_${'b'.repeat(24)}`, 'whsec_of_the_other'),
  form: {
    good: [
      { credentials: TOLD, settings: {} },
      { credentials: { ...TOLD, secret_key: `rk_test_${'x'.repeat(24)}` }, settings: { multicapture: 'yes' } },
      { credentials: TOLD, settings: { connected_account: 'acct_1AbC' } },
    ],
    bad: [
      { credentials: { secret_key: TOLD.secret_key }, settings: {} },
      { credentials: { ...TOLD, secret_key: `pk_live_${'x'.repeat(24)}` }, settings: {} },
      { credentials: { ...TOLD, webhook_secret: 'we_1' }, settings: {} },
      { credentials: TOLD, settings: { connected_account: 'acct_1/../2' } },
      { credentials: TOLD, settings: { multicapture: 'perhaps' } },
      { credentials: TOLD, settings: { base_url: 'https://elsewhere.example' } },
    ],
  },
  generate: {
    tokens: ['pm_card_visa', 'pm_1MqLiJLkdIwHu7ixUEgbFdYF'],
    anyToken: true,
    targetReferences: ['pi_1', 'pi_3MtwBwLkdIwHu7ix28a3tqPa'],
    currencies: () => true,
    amountMinorMax: 99_999_999n,
  },
  description: {
    kind: 'official',
    source: "Stripe's OpenAPI description 2026-08-26.dahlia, held by stripe-mock",
    open: () => openStripe(AUTHORIZE, REFUND),
  },
  idempotency: { charactersMax: 255, keyOf: ({ headers }) => headers['idempotency-key'] ?? null },
  amounts: { sent: sentAmount, exponentOf: exponentAtStripe, untold: ['void'] },
  statuses: STATUSES,
  declines: { codes: DECLINE_CODES_OF_STRIPE, answer: declinedWith },
  errors: ERRORS,
  webhooks: {
    sign: (body, { secrets, at }) => {
      const t = Math.floor(at / 1000);
      const signatures = secrets.map((key) => `v1=${createHmac('sha256', key).update(`${t}.${body}`).digest('hex')}`);
      return { headers: { 'stripe-signature': [`t=${t}`, `v0=${'0'.repeat(64)}`, ...signatures].join(',') }, body };
    },
    secretField: 'webhook_secret',
    toleranceMs: 300_000,
    signsWithTwoSecrets: true,
    body: event('payment_intent.succeeded', INTENT),
    tampered: null,
    events: EVENTS,
  },
  transcript: TRANSCRIPT,
  createDouble: createStripeDouble,
  tokens: {
    approved: 'pm_card_visa',
    declined: { token: 'pm_card_chargeDeclined', code: 'do_not_honor' },
    challenge: 'pm_card_authenticationRequired',
  },
};

/** As the answer to the call says it: with the intent, which is back to where it began. */
function declinedWith(code: string) {
  const error = { type: 'card_error', code: 'card_declined', decline_code: code, message: 'No.' };
  return answer(AUTHORIZE, { error: { ...error, payment_intent: { ...DECLINED, last_payment_error: error } } }, 402);
}

function sentAmount({ body }: ProviderRequest): SentAmount | null {
  const fields = new URLSearchParams(body ?? '');
  const text = fields.get('amount') ?? fields.get('amount_to_capture');
  if (text === null) return null;
  return { units: BigInt(text), currency: fields.get('currency') };
}
