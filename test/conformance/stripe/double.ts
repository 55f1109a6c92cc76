import type { ProviderRequest, ProviderResponse } from '#core/provider/port.ts';
import type { Double, DoubleBooks, ProviderAct } from '../subject.ts';
import {
  approveIntent,
  captureIntent,
  createIntent,
  declineIntent,
  type Failure,
  type Fields,
  type Intent,
  isFailure,
  metadataIn,
  type Refund,
  refuse,
  wholeNumber,
} from './intents.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DASHBOARD_REFUND = '100';
const PAGE_DEFAULT = 10;
const PAGE_MAX = 100;

type Keyed = { content: string; response: ProviderResponse; at: number };
type Listed = Intent | Refund;

/** Stripe's HTTP with books of its own, written from its documentation: payment intents, refunds, lists, keys, events. */
export function createStripeBooks(now: () => number, secretKey: string) {
  const intents: Intent[] = [];
  const refunds: Refund[] = [];
  const keys = new Map<string, Keyed>();
  let events: string[] = [];
  let counter = 0;

  function tell(type: string, object: object): void {
    const event = { id: nextId('evt'), object: 'event', type, created: Math.floor(now() / 1000), livemode: false };
    events.push(JSON.stringify({ ...event, data: { object } }));
  }

  function nextId(prefix: string): string {
    counter += 1;
    return `${prefix}_${String(counter).padStart(8, '0')}`;
  }

  function handle(request: ProviderRequest): ProviderResponse {
    const response = answerTo(request);
    return { ...response, headers: { ...response.headers, date: new Date(now()).toUTCString() } };
  }

  function answerTo(request: ProviderRequest): ProviderResponse {
    if (request.headers['authorization'] !== `Bearer ${secretKey}`) return reply(refuse(401, 'unauthorized'));
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === 'GET') return reply(look(pathname, new Map(searchParams)));
    const key = request.headers['idempotency-key'] ?? '';
    const content = `${pathname}\n${request.body}`;
    const known = keys.get(key);
    if (known !== undefined && now() < known.at + DAY_MS)
      return known.content === content
        ? known.response
        : reply(refuse(400, 'idempotency_key_in_use', 'idempotency_error'));
    const response = reply(act(pathname, new Map(new URLSearchParams(request.body ?? ''))));
    keys.set(key, { content, response, at: now() });
    return response;
  }

  function act(path: string, fields: Fields): object | Failure {
    if (path === '/v1/payment_intents') {
      const made = createIntent(nextId('pi'), fields, { now: now(), tell: note });
      return made;
    }
    if (path === '/v1/refunds') return refund(fields);
    const [, id, verb] = /^\/v1\/payment_intents\/([^/]+)\/(capture|cancel)$/.exec(path) ?? [];
    const intent = intents.find((each) => each.id === id);
    if (intent === undefined) return refuse(404, 'resource_missing');
    return verb === 'capture' ? captureIntent(intent, fields, tell) : cancel(intent);
  }

  /** The intent is there as soon as it is told of, whatever becomes of it. */
  function note(type: string, object: object): void {
    if (type === 'payment_intent.created') intents.push(object as Intent);
    tell(type, object);
  }

  function cancel(intent: Intent): Intent | Failure {
    if (intent.status === 'succeeded' || intent.status === 'canceled')
      return refuse(400, 'payment_intent_unexpected_state');
    const wasHeld = intent.status === 'requires_capture';
    intent.status = 'canceled';
    intent.amount_capturable = 0;
    intent.next_action = null;
    // What was held is released by a refund that moves no money.
    if (wasHeld) tell('refund.created', { ...blankRefund(intent, intent.amount), balance_transaction: null });
    if (wasHeld) tell('charge.refunded', { id: intent.latest_charge, object: 'charge' });
    tell('payment_intent.canceled', intent);
    return intent;
  }

  function refund(fields: Fields): Refund | Failure {
    const intent = intents.find((each) => each.id === fields.get('payment_intent'));
    if (intent === undefined) return refuse(404, 'resource_missing');
    const left = intent.amount_received - refundedOf(intent);
    const amount = wholeNumber(fields.get('amount') ?? String(left));
    if (amount === null) return refuse(400, 'parameter_invalid_integer');
    if (amount > left) return refuse(400, left === 0 ? 'charge_already_refunded' : 'amount_too_large');
    const made = { ...blankRefund(intent, amount), metadata: metadataIn(fields) };
    refunds.push(made);
    tell('charge.refunded', { id: intent.latest_charge, object: 'charge' });
    tell('refund.created', made);
    tell('charge.refund.updated', made);
    return made;
  }

  function blankRefund(intent: Intent, amount: number): Refund {
    return {
      id: nextId('re'),
      object: 'refund',
      status: 'succeeded',
      amount,
      currency: intent.currency,
      payment_intent: intent.id,
      charge: intent.latest_charge,
      created: Math.floor(now() / 1000),
      metadata: {},
      reason: null,
      balance_transaction: nextId('txn'),
    };
  }

  function look(path: string, query: Fields): object | Failure {
    if (path === '/v1/payment_intents') return list(intents.filter(createdIn(query)), query);
    if (path === '/v1/refunds') {
      const about = query.get('payment_intent');
      return list(
        refunds.filter((each) => about === undefined || each.payment_intent === about),
        query,
      );
    }
    const id = path.replace('/v1/payment_intents/', '');
    return intents.find((each) => each.id === id) ?? refuse(404, 'resource_missing');
  }

  function refundedOf({ id }: Intent): number {
    return refunds
      .filter((each) => each.payment_intent === id && each.status === 'succeeded')
      .reduce((sum, each) => sum + each.amount, 0);
  }

  function ofPayment(payment: string): readonly Intent[] {
    return intents.filter((intent) => intent.metadata['payment'] === payment);
  }

  function happen(what: ProviderAct, payment: string): boolean {
    const intent = ofPayment(payment).at(-1);
    if (intent === undefined) return false;
    switch (what) {
      case 'customer_approves':
        return intent.status === 'requires_action' && approveIntent(intent, tell) === intent;
      case 'customer_refuses':
        declineIntent(intent, 'authentication_required', tell);
        return true;
      case 'refunds_in_dashboard':
        return !isFailure(
          refund(
            new Map([
              ['payment_intent', intent.id],
              ['amount', DASHBOARD_REFUND],
            ]),
          ),
        );
      case 'captures_in_dashboard':
        return !isFailure(captureIntent(intent, new Map(), tell));
    }
  }

  function books(payment: string): DoubleBooks {
    const all = ofPayment(payment);
    const sum = (of: (intent: Intent) => number) => BigInt(all.reduce((total, each) => total + of(each), 0));
    return {
      authorizations: all.filter(({ latest_charge }) => latest_charge !== null).length,
      heldMinor: sum((intent) => intent.amount_capturable),
      capturedMinor: sum((intent) => intent.amount_received),
      refundedMinor: sum(refundedOf),
    };
  }

  function takeEvents(): readonly string[] {
    const taken = events;
    events = [];
    return taken;
  }

  return { handle, takeEvents, happen, books };
}

export async function createStripeDouble(now: () => number): Promise<Double> {
  const { handle, takeEvents, happen, books } = createStripeBooks(now, SECRET_KEY);
  return {
    handle: async (request) => handle(request),
    takeWebhooks: async () => takeEvents(),
    act: async (what, payment) => happen(what, payment),
    books: async (payment) => books(payment),
    close: async () => {},
  };
}

export const SECRET_KEY = `sk_test_${'a'.repeat(24)}`;

/** Newest first, as Stripe lists. */
function list(all: readonly Listed[], query: Fields): object | Failure {
  const limit = wholeNumber(query.get('limit') ?? String(PAGE_DEFAULT));
  if (limit === null || limit > PAGE_MAX) return refuse(400, 'parameter_invalid_integer');
  const newest = all.toReversed();
  const after = query.get('starting_after');
  const from = after === undefined ? 0 : newest.findIndex(({ id }) => id === after) + 1;
  const data = newest.slice(from, from + limit);
  return { object: 'list', data, has_more: from + limit < newest.length, url: '/v1/payment_intents' };
}

function createdIn(query: Fields): (intent: Intent) => boolean {
  const bound = (name: string, other: number) => Number(query.get(`created[${name}]`) ?? other);
  return ({ created }) => created >= bound('gte', 0) && created <= bound('lte', Number.MAX_SAFE_INTEGER);
}

function reply(made: object | Failure): ProviderResponse {
  const headers = { 'content-type': 'application/json' };
  if (isFailure(made)) return { status: made.status, headers, body: JSON.stringify({ error: made.error }) };
  return { status: 200, headers, body: JSON.stringify(made) };
}
