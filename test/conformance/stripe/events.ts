import type { OperationRequest } from '#core/provider/port.ts';
import type { WebhookEvent } from '../subject.ts';
import { CANCELED, CAPTURED, CHALLENGED, DECLINED, HELD, INTENT, REFUNDED } from './answers.ts';

export function event(type: string, object: object, id = `evt_${type}`): string {
  const facts = { id, object: 'event', type, created: 1_700_000_000, livemode: false, pending_webhooks: 1 };
  return JSON.stringify({ ...facts, data: { object } });
}

const CHARGE = {
  id: 'ch_1',
  object: 'charge',
  payment_intent: 'pi_1',
  amount: 1000,
  currency: 'eur',
  status: 'succeeded',
};
const DISPUTE = {
  id: 'du_1',
  object: 'dispute',
  charge: 'ch_1',
  amount: 1000,
  currency: 'eur',
  status: 'needs_response',
};

const money = (type: string, object: object, [kind, outcome]: readonly [OperationRequest['kind'], string]) =>
  ({ about: 'money', body: event(type, object), kind, outcome }) as WebhookEvent;
const other = (type: string, object: object): WebhookEvent => ({ about: 'other', body: event(type, object) });
const kept = (type: string, object: object, why: string): WebhookEvent => ({
  about: 'kept',
  body: event(type, object),
  why,
});

const disputes = ['closed', 'created', 'funds_reinstated', 'funds_withdrawn', 'updated'].map((word) => [
  `charge.dispute.${word}`,
  kept(`charge.dispute.${word}`, DISPUTE, 'the platform has no disputes yet'),
]);
const charges = ['captured', 'expired', 'failed', 'pending', 'refunded', 'succeeded', 'updated'].map((word) => [
  `charge.${word}`,
  other(`charge.${word}`, CHARGE),
]);

export const EVENTS: Readonly<Record<string, WebhookEvent>> = {
  ...(Object.fromEntries([...charges, ...disputes]) as Record<string, WebhookEvent>),
  'charge.refund.updated': money('charge.refund.updated', REFUNDED, ['refund', 'succeeded']),
  'payment_intent.amount_capturable_updated': money('payment_intent.amount_capturable_updated', HELD, [
    'authorize',
    'succeeded',
  ]),
  'payment_intent.canceled': money('payment_intent.canceled', CANCELED, ['authorize', 'declined']),
  'payment_intent.created': other('payment_intent.created', { ...CHALLENGED, status: 'requires_confirmation' }),
  'payment_intent.partially_funded': kept(
    'payment_intent.partially_funded',
    CHALLENGED,
    'no card payment is funded in parts',
  ),
  'payment_intent.payment_failed': money('payment_intent.payment_failed', DECLINED, ['authorize', 'declined']),
  'payment_intent.processing': money('payment_intent.processing', { ...CHALLENGED, status: 'processing' }, [
    'authorize',
    'pending',
  ]),
  'payment_intent.requires_action': money('payment_intent.requires_action', CHALLENGED, [
    'authorize',
    'requires_action',
  ]),
  'payment_intent.succeeded': money('payment_intent.succeeded', INTENT, ['authorize', 'succeeded']),
  'payment_intent.succeeded, of a capture': money('payment_intent.succeeded', CAPTURED, ['capture', 'succeeded']),
  'refund.created': money('refund.created', REFUNDED, ['refund', 'succeeded']),
  'refund.created, that releases a hold': kept(
    'refund.created',
    { ...REFUNDED, metadata: {}, balance_transaction: null },
    'without a balance transaction it moved no money',
  ),
  'refund.created, of an authorisation that expired': other('refund.created', {
    ...REFUNDED,
    metadata: {},
    balance_transaction: null,
    reason: 'expired_uncaptured_charge',
  }),
  'refund.failed': money(
    'refund.failed',
    { ...REFUNDED, status: 'failed', failure_reason: 'declined', failure_balance_transaction: 'txn_2' },
    ['refund', 'reversed'],
  ),
  'refund.updated': money('refund.updated', { ...REFUNDED, status: 'pending' }, ['refund', 'pending']),
};
