import { createHmac } from 'node:crypto';
import type { ProviderRequest } from '#core/provider/port.ts';
import { type Charge, type Entry, isRefusal, type Kept } from './model.ts';
import { type Answer, minorOf, type Post, type Telling, unitsOf, type Wire } from './wire.ts';

/** Adyen's HTTP, from its documentation (src/providers/adyen/README.md): captures, cancels and refunds are received, and become what they become by a webhook. */

const VERBS: Readonly<Record<string, string>> = { captures: 'captures', cancels: 'stops', refunds: 'refunds' };
const EVENT_CODES = { capture: 'CAPTURE', void: 'CANCELLATION', refund: 'REFUND' } as const;
const FAILURE_CODES = { capture: 'CAPTURE_FAILED', void: 'CANCELLATION', refund: 'REFUND_FAILED' } as const;
const REFUSALS: Readonly<Record<string, readonly [code: string, text: string]>> = {
  insufficient_funds: ['12', 'Not enough balance'],
  authentication_failed: ['11', '3D Not Authenticated'],
};
const REFUSED = ['2', 'Refused'] as const;

type Amount = { value: number; currency: string };
type Body = {
  amount?: Amount;
  reference?: string;
  paymentReference?: string;
  metadata?: { payment: string };
  paymentMethod?: { storedPaymentMethodId: string };
  details?: { redirectResult: string };
};
type Item = { [field: string]: unknown; additionalData: Record<string, string> };

export const adyenWire: Wire = {
  isExact: false,
  releasesRest: true,
  read: readPost,
  look: () => refusal('000', 'nothing can be looked up'),
  answer: (made) => (isRefusal(made) ? refusal('167', made.code) : { status: 200, body: JSON.stringify(shown(made)) }),
  received,
  keyReused: refusal('704', 'another request with this key'),
  events: (kept, made, telling) => {
    const item = made.object === 'charge' ? ofCharge(kept, made) : ofEntry(kept, made);
    return item === null ? [] : [delivery(item, telling)];
  },
  // The signature stands in the body.
  headers: () => ({}),
  forge: (body, { n }) => {
    const lie = body
      .replace(/"pspReference":"\w+"/, `"pspReference":"lie${n}"`)
      .replace('"success":"false"', '"success":"true"');
    return { headers: {}, body: lie };
  },
};

function readPost({ url, body }: ProviderRequest): Post | null {
  const path = url.replace(/^https:\/\/\w+\.example/, '');
  const said = JSON.parse(body ?? '{}') as Body;
  const { reference, metadata } = said;
  const money =
    said.amount === undefined
      ? {}
      : { amount: minorOf(said.amount.value, said.amount.currency), currency: said.amount.currency };
  if (path === '/payments') {
    const token = said.paymentMethod?.storedPaymentMethodId;
    return { path: '/v1/charges', body: { reference, ...money, token, metadata } };
  }
  if (path === '/payments/details') {
    const charge = /^result of (\w+)$/.exec(said.details?.redirectResult ?? '')?.[1] ?? '';
    return { path: `/v1/charges/${charge}/complete`, body: {} };
  }
  if (path === '/cancels') return { path: `/v1/charges/${said.paymentReference}/stops`, body: { reference } };
  const [, psp = '', verb = ''] = /^\/payments\/([^/]+)\/(\w+)$/.exec(path) ?? [];
  const known = VERBS[verb];
  if (known === undefined) return null;
  return { path: `/v1/charges/${psp}/${known}`, body: { reference, ...money } };
}

function received({ path, body }: Post, id: string): Answer | null {
  const [, of = '', verb = ''] = /^\/v1\/charges\/([^/]+)\/(\w+)$/.exec(path) ?? [];
  if (!Object.values(VERBS).includes(verb)) return null;
  const { reference, amount, currency } = body as { reference?: string; amount?: number; currency?: string };
  const names = of.startsWith('op_') ? { paymentReference: of } : { paymentPspReference: of };
  const money = amount === undefined ? {} : { amount: amountOf(amount, currency ?? '') };
  return {
    status: 201,
    body: JSON.stringify({ ...names, pspReference: id, reference, ...money, status: 'received' }),
  };
}

function shown(made: Charge | Entry): object {
  if (made.object !== 'charge') return {};
  const { id, reference, status, amount, amount_authorized: authorized, currency } = made;
  const names = { pspReference: id, merchantReference: reference };
  switch (status) {
    case 'requires_action': {
      const action = { type: 'redirect', method: 'GET', url: made.redirect_url, paymentMethodType: 'scheme' };
      return { resultCode: 'RedirectShopper', action };
    }
    case 'pending':
      return { ...names, amount: amountOf(amount, currency), resultCode: 'Pending' };
    case 'canceled':
      return { ...names, resultCode: 'Cancelled' };
    case 'declined': {
      const [refusalReasonCode, refusalReason] = REFUSALS[made.decline_code ?? ''] ?? REFUSED;
      return { ...names, amount: amountOf(amount, currency), resultCode: 'Refused', refusalReason, refusalReasonCode };
    }
    default: {
      const resultCode = authorized < amount ? 'PartiallyAuthorised' : 'Authorised';
      return { ...names, amount: amountOf(authorized, currency), resultCode };
    }
  }
}

/** What was challenged or is pending tells nothing; a canceled one by whose wish it is. */
function ofCharge({ stop }: Kept, charge: Charge): Item | null {
  const { id, reference, status, amount, amount_authorized: authorized, currency, metadata } = charge;
  const additionalData = { 'metadata.payment': metadata.payment };
  const names = { pspReference: id, merchantReference: reference, eventCode: 'AUTHORISATION', additionalData };
  if (status === 'authorized') return { ...names, amount: amountOf(authorized, currency), success: 'true' };
  if (status === 'declined') {
    const [, reason] = REFUSALS[charge.decline_code ?? ''] ?? REFUSED;
    return { ...names, amount: amountOf(amount, currency), success: 'false', reason };
  }
  if (status !== 'canceled' || stop === null) return null;
  const by = { pspReference: stop.id, originalReference: id, merchantReference: stop.reference };
  const what = { eventCode: 'TECHNICAL_CANCEL', success: 'true', amount: amountOf(amount, currency) };
  return { ...by, ...what, additionalData: {} };
}

/** What somebody did in the Customer Area has the reference of the payment. */
function ofEntry({ charge }: Kept, made: Entry): Item {
  const { id, object, status, amount, currency, reference, failure_code: reason } = made;
  const isReversed = status === 'reversed';
  return {
    pspReference: id,
    originalReference: charge.id,
    merchantReference: reference ?? charge.reference,
    amount: amountOf(object === 'void' ? charge.amount : amount, currency),
    eventCode: isReversed ? FAILURE_CODES[object] : EVENT_CODES[object],
    success: String(status !== 'failed'),
    ...(reason === null ? {} : { reason }),
    additionalData: {},
  };
}

function delivery(item: Item, { now, account }: Telling): string {
  const eventDate = `${new Date(now).toISOString().slice(0, 19)}+00:00`;
  const whole: Item = { ...item, merchantAccountCode: account.settings['merchant_account'], eventDate };
  const { value, currency } = item['amount'] as Amount;
  const parts = ['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference'];
  const text = [...parts.map((part) => whole[part] ?? ''), value, currency, item['eventCode'], item['success']].join(
    ':',
  );
  const key = Buffer.from(account.credentials['hmac_key']?.[0]?.reveal() ?? '', 'hex');
  const hmacSignature = createHmac('sha256', key).update(text).digest('base64');
  const additionalData = { ...item.additionalData, hmacSignature };
  return JSON.stringify({
    live: 'false',
    notificationItems: [{ NotificationRequestItem: { ...whole, additionalData } }],
  });
}

function amountOf(minor: number, currency: string): Amount {
  return { value: unitsOf(minor, currency), currency };
}

function refusal(errorCode: string, message: string): Answer {
  return { status: 422, body: JSON.stringify({ status: 422, errorCode, message, errorType: 'validation' }) };
}
