import { createHmac } from 'node:crypto';
import type { ProviderRequest } from '#core/provider/port.ts';
import { type Charge, capturableOf, type Entry, isRefusal, type Kept } from './model.ts';
import { type Answer, minorOf, type Post, type Telling, unitsOf, type Visible, type Wire } from './wire.ts';

/** Stripe's HTTP, from its documentation (src/providers/stripe/README.md): payment intents and refunds, found in lists. */

const SECOND_MS = 1000;
/** Cards of which what is asked does not come to pass later, or in part: Stripe has no such thing. */
const AS_IF: Readonly<Record<string, string>> = {
  tok_amount_mismatch: 'tok_approved',
  tok_partial_approval: 'tok_approved',
  tok_late_success: 'tok_declined',
  tok_capture_fails: 'tok_approved',
  tok_void_fails: 'tok_approved',
};
const STATUSES: Readonly<Record<Charge['status'], string>> = {
  authorized: 'requires_capture',
  succeeded: 'succeeded',
  declined: 'requires_payment_method',
  requires_action: 'requires_action',
  pending: 'processing',
  canceled: 'canceled',
};
const INTENT_EVENTS: Readonly<Record<Charge['status'], string>> = {
  authorized: 'payment_intent.amount_capturable_updated',
  succeeded: 'payment_intent.succeeded',
  declined: 'payment_intent.payment_failed',
  requires_action: 'payment_intent.requires_action',
  pending: 'payment_intent.processing',
  canceled: 'payment_intent.canceled',
};

export const stripeWire: Wire = {
  isExact: true,
  releasesRest: true,
  read: readPost,
  look,
  answer: (made, kept) => {
    if (isRefusal(made)) {
      const code = made.status === 404 ? 'resource_missing' : 'payment_intent_unexpected_state';
      return refusal(made.status === 404 ? 404 : 400, { type: 'invalid_request_error', code, message: made.code });
    }
    if (made.object === 'refund') return ok(refundOf(made));
    if (kept === undefined) return refusal(404, { type: 'invalid_request_error', code: 'resource_missing' });
    const intent = intentOf(kept);
    return made.object === 'charge' && made.status === 'declined'
      ? refusal(402, { ...intent.last_payment_error, payment_intent: intent })
      : ok(intent);
  },
  received: () => null,
  keyReused: refusal(400, { type: 'idempotency_error', code: 'idempotency_key_in_use' }),
  events: (kept, made, telling) => {
    if (made.object !== 'refund') return [eventOf(INTENT_EVENTS[kept.charge.status], intentOf(kept), telling)];
    return [eventOf(made.status === 'reversed' ? 'refund.failed' : 'refund.created', refundOf(made), telling)];
  },
  headers: (body, { now, account }) => {
    const secret = account.credentials['webhook_secret']?.[0]?.reveal() ?? '';
    const seconds = Math.floor(now / SECOND_MS);
    const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    return { 'stripe-signature': `t=${seconds},v1=${v1}` };
  },
  forge: (body, { n, now }) => ({
    headers: { 'stripe-signature': `t=${Math.floor(now / SECOND_MS)},v1=${'0'.repeat(64)}` },
    body: body.replace(/"evt_\d+"/, `"evt_lie_${n}"`).replace(/"status":"\w+"/, '"status":"succeeded"'),
  }),
};

function readPost({ url, body }: ProviderRequest): Post | null {
  const path = url.replace(/^https:\/\/\w+\.example/, '');
  const fields = new URLSearchParams(body ?? '');
  const field = (name: string) => fields.get(name) ?? undefined;
  const minor = (units: string | undefined, currency: string) =>
    units === undefined ? {} : { amount: minorOf(Number(units), currency) };
  const reference = field('metadata[reference]') ?? field('metadata[last_capture]');
  if (path === '/v1/payment_intents') {
    const currency = (field('currency') ?? '').toUpperCase();
    const token = AS_IF[field('payment_method') ?? ''] ?? field('payment_method');
    const metadata = { payment: field('metadata[payment]') ?? '' };
    const capture = field('capture_method') === 'automatic';
    return {
      path: '/v1/charges',
      body: { reference, ...minor(field('amount'), currency), currency, token, capture, metadata },
    };
  }
  if (path === '/v1/refunds')
    return { path: `/v1/charges/${field('payment_intent')}/refunds`, body: { reference, units: field('amount') } };
  const [, id = '', verb = ''] = /^\/v1\/payment_intents\/([^/]+)\/(\w+)$/.exec(path) ?? [];
  if (verb === 'capture')
    return { path: `/v1/charges/${id}/captures`, body: { reference, units: field('amount_to_capture') } };
  return verb === 'cancel' ? { path: `/v1/charges/${id}/stops`, body: {} } : null;
}

/** Newest first. What was made a moment ago may not be in the lists yet. */
function look({ url }: ProviderRequest, visible: Visible): Answer {
  const { pathname, searchParams } = new URL(url);
  const [, id] = /^\/v1\/payment_intents\/([^/]+)$/.exec(pathname) ?? [];
  if (id !== undefined) {
    const kept = visible.find(id);
    return kept === undefined
      ? refusal(404, { type: 'invalid_request_error', code: 'resource_missing' })
      : ok(intentOf(kept));
  }
  const of = searchParams.get('payment_intent');
  if (of !== null)
    return list((visible.find(of)?.charge.refunds ?? []).filter(visible.isListed).map(refundOf), searchParams);
  const [from, to] = ['gte', 'lte'].map((bound) => Number(searchParams.get(`created[${bound}]`)) * SECOND_MS);
  const found = visible
    .all()
    .filter(({ at, charge }) => at >= (from ?? 0) && at <= (to ?? 0) && visible.isListed(charge));
  return list(found.map(intentOf), searchParams);
}

function list(all: readonly { id: string }[], query: URLSearchParams): Answer {
  const newest = all.toReversed();
  const after = query.get('starting_after');
  const from = after === null ? 0 : newest.findIndex(({ id }) => id === after) + 1;
  const to = from + Number(query.get('limit'));
  return ok({ object: 'list', data: newest.slice(from, to), has_more: to < newest.length });
}

function intentOf({ charge, captures, at }: Kept) {
  const { id, status, amount, currency, reference, metadata, decline_code: code, amount_captured: captured } = charge;
  const units = (minor: number) => unitsOf(minor, currency);
  const wasHeld = charge.amount_authorized > 0;
  return {
    id,
    object: 'payment_intent',
    status: STATUSES[status],
    amount: units(amount),
    amount_capturable: units(capturableOf(charge)),
    amount_received: units(captured),
    currency: currency.toLowerCase(),
    capture_method: captures ? 'automatic' : 'manual',
    cancellation_reason: null,
    created: Math.floor(at / SECOND_MS),
    last_payment_error: code === null ? null : { type: 'card_error', code: 'card_declined', decline_code: code },
    latest_charge: wasHeld ? `${id}_charge` : null,
    livemode: false,
    metadata: { reference, ...metadata, ...marksOf(charge) },
    next_action:
      charge.redirect_url === null
        ? null
        : { type: 'redirect_to_url', redirect_to_url: { url: charge.redirect_url, return_url: null } },
  };
}

/** What the calls that captured have set. */
function marksOf({ captures, currency }: Charge): Record<string, string> {
  const marks: Record<string, string> = {};
  for (const { reference, amount } of captures) {
    if (reference === null) continue;
    marks[`capture_${reference.slice(reference.lastIndexOf('_') + 1)}`] = String(unitsOf(amount, currency));
    marks['last_capture'] = reference;
  }
  return marks;
}

function refundOf({ id, charge, amount, currency, reference, status }: Entry) {
  const failed = { failure_balance_transaction: `txn_back_${id}`, failure_reason: 'expired_or_canceled_card' };
  return {
    id,
    object: 'refund',
    status: status === 'succeeded' ? 'succeeded' : 'failed',
    amount: unitsOf(amount, currency),
    currency: currency.toLowerCase(),
    payment_intent: charge,
    metadata: reference === null ? {} : { reference },
    reason: null,
    balance_transaction: `txn_${id}`,
    ...(status === 'succeeded' ? {} : failed),
  };
}

function eventOf(type: string, object: object, { n, now }: Telling): string {
  const created = Math.floor(now / SECOND_MS);
  return JSON.stringify({ id: `evt_${n}`, object: 'event', type, created, livemode: false, data: { object } });
}

function ok(body: object): Answer {
  return { status: 200, body: JSON.stringify(body) };
}

function refusal(status: number, error: object): Answer {
  return { status, body: JSON.stringify({ error }) };
}
