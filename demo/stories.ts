import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Client, Reply } from './client.ts';
import type { Payment } from './wire.ts';

/** One customer, one payment, and what the shop does with it. */
export type Visit = {
  client: Client;
  /** In the metadata of every payment, so that they can be told from others. */
  run: string;
  /** Its own for every call of this visit. */
  key: (what: string) => string;
  amount: number;
  currency: string;
  /** Tells of an answer that nobody should ever get. */
  wrong: (what: string) => void;
  count: (what: Counted) => void;
};

export type Counted =
  | 'captures'
  | 'refunds'
  | 'cancellations'
  | 'repeated requests'
  | 'refused on purpose'
  | 'challenges'
  | 'waited for or tried again';

const TRIES_MAX = 10;
const TRY_AGAIN_MS = 2000;

type Story = { name: string; weight: number; run: (visit: Visit) => Promise<void> };

/** What the simulated provider does is said by the token; see docs/reference/simulator.md. */
export const STORIES: readonly Story[] = [
  { name: 'approved', weight: 30, run: async (visit) => void (await pay(visit, 'tok_approved')) },
  { name: 'captured in parts', weight: 8, run: captureInParts },
  { name: 'held and canceled', weight: 5, run: holdAndCancel },
  { name: 'refunded', weight: 8, run: refundSome },
  { name: 'refunded twice at once', weight: 3, run: refundTwice },
  { name: 'asked for three times', weight: 8, run: payThreeTimes },
  { name: 'another card', weight: 6, run: payAfterDecline },
  { name: 'challenged', weight: 6, run: challenge },
  { name: 'refund reversed', weight: 2, run: refundReversed },
  { name: 'capture fails', weight: 2, run: captureFails },
  { name: 'void fails', weight: 2, run: voidFails },
  ...[
    'tok_declined',
    'tok_expired_card',
    'tok_fraud',
    'tok_pending',
    'tok_timeout_approved',
    'tok_timeout_lost',
    'tok_http_502',
    'tok_connection_refused',
    'tok_amount_mismatch',
    'tok_dashboard_refund',
    'tok_late_success',
    'tok_duplicate_webhooks',
  ].map((token) => ({ name: token, weight: 2, run: async (visit: Visit) => void (await pay(visit, token)) })),
];

async function pay(visit: Visit, token: string, fields: object = {}): Promise<Payment> {
  const { status, body } = await create(visit, token, fields);
  if (status !== 201 && status !== 202) visit.wrong(`a payment with ${token} answered ${status} ${body?.code}`);
  return body as Payment;
}

/** As `pay`, and the shop goes on when it knows: a provider that was too slow is waited for, one out of reach tried again. */
async function payAndKnow(visit: Visit, token: string, fields: object = {}): Promise<Payment> {
  let payment = await pay(visit, token, fields);
  for (let tries = 1; tries <= TRIES_MAX && isUnsettled(payment); tries += 1) {
    await sleep(TRY_AGAIN_MS);
    visit.count('waited for or tried again');
    if (payment.last_error !== null) await change(visit, payment, ['confirm', `confirm-${tries}`], {});
    payment = (await visit.client.call('GET', `/v1/payments/${payment.id}`)).body;
  }
  return payment;
}

function isUnsettled({ status, last_error: error }: Payment): boolean {
  return status === 'processing' || status === 'in_doubt' || error?.code === 'provider_unavailable';
}

function create({ client, run, key, amount, currency }: Visit, token: string, fields: object = {}): Promise<Reply> {
  const body = { amount, currency, metadata: { demo: run }, payment_method: { type: 'card', token }, ...fields };
  return client.call('POST', '/v1/payments', { key: key('pay'), body });
}

async function change(visit: Visit, payment: Payment, [verb, name]: readonly [string, string], body: object) {
  return await visit.client.call('POST', `/v1/payments/${payment.id}/${verb}`, { key: visit.key(name), body });
}

async function captureInParts(visit: Visit): Promise<void> {
  const held = await payAndKnow(visit, 'tok_approved', { capture: 'manual' });
  const part = Math.max(1, Math.floor(visit.amount / 3));
  for (const [n, final] of [false, true].entries()) {
    const { status, body } = await change(visit, held, ['capture', `capture-${n}`], { amount: part, final });
    if (status !== 200 && status !== 202) visit.wrong(`a capture answered ${status} ${body.code}`);
    visit.count('captures');
  }
  const { body } = await change(visit, held, ['capture', 'capture-more'], { amount: visit.amount });
  if (body.outcome !== 'not_attempted') visit.wrong(`a capture of more than there is answered ${body.status}`);
  visit.count('refused on purpose');
}

async function holdAndCancel(visit: Visit): Promise<void> {
  const held = await payAndKnow(visit, 'tok_approved', { capture: 'manual' });
  const { status, body } = await change(visit, held, ['cancel', 'cancel'], {});
  if (body.status !== 'canceled' && !isUnsettled(body)) visit.wrong(`a cancellation answered ${status} ${body.status}`);
  visit.count('cancellations');
}

async function refund(visit: Visit, payment: Payment, name: string, amount: number | null): Promise<void> {
  const { status, body } = await change(visit, payment, ['refunds', name], { amount, reason: 'requested_by_customer' });
  if (status !== 201 && status !== 202) visit.wrong(`a refund answered ${status} ${body.code}`);
  visit.count('refunds');
}

async function refundSome(visit: Visit): Promise<void> {
  const paid = await payAndKnow(visit, 'tok_approved');
  await refund(visit, paid, 'refund-a', Math.ceil(visit.amount / 2));
  await refund(visit, paid, 'refund-b', null);
}

/** Each wants more than half: only one of them can be. */
async function refundTwice(visit: Visit): Promise<void> {
  const paid = await payAndKnow(visit, 'tok_approved');
  const amount = Math.floor(visit.amount / 2) + 1;
  const replies = await Promise.all(
    ['refund-a', 'refund-b'].map((name) => change(visit, paid, ['refunds', name], { amount })),
  );
  const done = replies.filter(({ status }) => status === 201 || status === 202).length;
  if (done > 1) visit.wrong(`of two refunds of more than half each, ${done} were done`);
  visit.count('refunds');
  visit.count('refused on purpose');
}

/** As a shop whose network is bad: the very same request, three times at once, then one that is another. */
async function payThreeTimes(visit: Visit): Promise<void> {
  const replies = await Promise.all([1, 2, 3].map(() => create(visit, 'tok_approved')));
  const answers = new Set(replies.map(({ body }) => JSON.stringify(body)));
  if (answers.size !== 1) visit.wrong('the same request three times was not answered alike');
  visit.count('repeated requests');
  visit.count('repeated requests');
  const other = await create({ ...visit, amount: visit.amount + 1 }, 'tok_approved');
  if (other.status !== 422) visit.wrong(`the same key with another amount answered ${other.status}`);
  visit.count('refused on purpose');
}

async function payAfterDecline(visit: Visit): Promise<void> {
  const declined = await payAndKnow(visit, 'tok_insufficient_funds');
  const again = { payment_method: { type: 'card', token: 'tok_approved' } };
  const { status, body } = await change(visit, declined, ['confirm', 'another-card'], again);
  if (body.status !== 'succeeded' && !isUnsettled(body))
    visit.wrong(`another card after a decline answered ${status} ${body.status}`);
}

/** Every fourth customer refuses. */
async function challenge(visit: Visit): Promise<void> {
  const payment = await payAndKnow(visit, 'tok_requires_action', { return_url: 'https://shop.example/thanks' });
  const decision = visit.amount % 4 === 0 ? 'refuse' : 'approve';
  if (payment.next_action === null) return visit.wrong(`a challenge is ${payment.status}, and has no page`);
  const page = await request(payment.next_action.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `decision=${decision}`,
  });
  await page.body.dump();
  const back = page.headers['location'];
  if (typeof back !== 'string') return visit.wrong(`the challenge answered ${page.statusCode}, and no way back`);
  await (await request(back)).body.dump();
  visit.count('challenges');
}

async function refundReversed(visit: Visit): Promise<void> {
  await refund(visit, await payAndKnow(visit, 'tok_refund_reversed'), 'refund', null);
}

async function captureFails(visit: Visit): Promise<void> {
  const held = await payAndKnow(visit, 'tok_capture_fails', { capture: 'manual' });
  const { body } = await change(visit, held, ['capture', 'capture'], {});
  if (body.amount_captured > 0) visit.wrong('a capture that fails has captured');
  visit.count('captures');
}

async function voidFails(visit: Visit): Promise<void> {
  const held = await payAndKnow(visit, 'tok_void_fails', { capture: 'manual' });
  const { body } = await change(visit, held, ['cancel', 'cancel'], {});
  if (body.status === 'canceled') visit.wrong('a void that fails has canceled');
  visit.count('cancellations');
}
