import { createHmac } from 'node:crypto';
import type { SignedDelivery, WebhookEvent } from '../subject.ts';
import { MERCHANT_ACCOUNT, operationAs, PSP } from './answers.ts';

export type Item = {
  pspReference: string;
  originalReference?: string;
  merchantAccountCode: string;
  merchantReference: string;
  amount: { currency: string; value: number };
  eventCode: string;
  eventDate: string;
  success: string;
  reason?: string;
  additionalData?: Record<string, string>;
};
type Delivery = { live: string; notificationItems: { NotificationRequestItem: Item }[] };

export function itemOf(eventCode: string, changes: Partial<Item> = {}): Item {
  const isAuthorisation = eventCode === 'AUTHORISATION' || eventCode === 'OFFER_CLOSED';
  return {
    pspReference: isAuthorisation ? PSP : 'D5B6V8NRTVCCZN82',
    ...(isAuthorisation ? {} : { originalReference: PSP }),
    merchantAccountCode: MERCHANT_ACCOUNT,
    merchantReference: operationAs(isAuthorisation ? 'authorize' : 'capture').reference,
    amount: { currency: 'EUR', value: 1000 },
    eventCode,
    eventDate: '2023-11-14T23:13:20+01:00',
    success: 'true',
    ...changes,
  };
}

export function bodyOf(...items: readonly Item[]): string {
  return JSON.stringify({ live: 'false', notificationItems: items.map((item) => ({ NotificationRequestItem: item })) });
}

/** Signs every item; the text by hand, from docs.adyen.com/development-resources/webhooks/verify-hmac-signatures. */
export function signed(body: string, secretHex: string): SignedDelivery {
  const delivery = JSON.parse(body) as Delivery;
  for (const { NotificationRequestItem: item } of delivery.notificationItems) {
    const { pspReference, originalReference = '', merchantAccountCode, merchantReference, amount, eventCode } = item;
    const text = `${pspReference}:${originalReference}:${merchantAccountCode}:${merchantReference}:${amount.value}:${amount.currency}:${eventCode}:${item.success}`;
    const hmacSignature = createHmac('sha256', Buffer.from(secretHex, 'hex')).update(text).digest('base64');
    item.additionalData = { ...item.additionalData, hmacSignature };
  }
  return { headers: {}, body: JSON.stringify(delivery) };
}

/** One of the signed fields changed in each, the signature left out, and a second item that nobody signed. */
export function tampered(body: string): readonly string[] {
  const changes: ((item: Item) => void)[] = [
    (item) => (item.pspReference += 'x'),
    (item) => (item.originalReference = `${item.originalReference ?? ''}x`),
    (item) => (item.merchantAccountCode = 'Another'),
    (item) => (item.merchantReference += 'x'),
    (item) => (item.amount.value += 1),
    (item) => (item.amount.currency = 'USD'),
    (item) => (item.eventCode = 'REFUND'),
    (item) => (item.success = 'false'),
    (item) => delete item.additionalData?.['hmacSignature'],
    (item) => delete item.additionalData,
    (item) => (item.eventDate = '2999-01-01T00:00:00Z'),
  ];
  const one = changes.map((change) => {
    const delivery = JSON.parse(body) as Delivery;
    for (const { NotificationRequestItem: item } of delivery.notificationItems) change(item);
    return JSON.stringify(delivery);
  });
  const delivery = JSON.parse(body) as Delivery;
  delivery.notificationItems.push({ NotificationRequestItem: itemOf('CAPTURE') });
  return [...one, JSON.stringify(delivery), bodyOf(), '{"notificationItems":[null]}', '{"notificationItems":[{}]}'];
}

const money = (
  kind: Extract<WebhookEvent, { about: 'money' }>['kind'],
  outcome: Extract<WebhookEvent, { about: 'money' }>['outcome'],
  item: Item,
): WebhookEvent => ({ about: 'money', body: bodyOf(item), kind, outcome });

const KEPT: Readonly<Record<string, readonly string[]>> = {
  'disputes are not read yet': [
    'CHARGEBACK',
    'CHARGEBACK_REVERSED',
    'DISPUTE_DEFENSE_PERIOD_ENDED',
    'INFORMATION_SUPPLIED',
    'ISSUER_COMMENTS',
    'ISSUER_RESPONSE_TIMEFRAME_EXPIRED',
    'NOTIFICATION_OF_CHARGEBACK',
    'NOTIFICATION_OF_FRAUD',
    'PREARBITRATION_ACCEPTED',
    'PREARBITRATION_DECLINED',
    'PREARBITRATION_ISSUER_WITHDRAWN',
    'PREARBITRATION_LOST',
    'PREARBITRATION_OPEN',
    'PREARBITRATION_WON',
    'REQUEST_FOR_INFORMATION',
    'SECOND_CHARGEBACK',
  ],
  'payouts to third parties are never asked for': [
    'PAIDOUT_REVERSED',
    'PAYOUT_DECLINE',
    'PAYOUT_EXPIRE',
    'PAYOUT_THIRDPARTY',
  ],
  'the platform ends holds by itself': ['EXPIRE'],
  'amounts are never adjusted by us': ['AUTHORISATION_ADJUSTMENT'],
  'it is never asked for': [
    'AUTORESCUE',
    'CANCEL_AUTORESCUE',
    'HANDLED_EXTERNALLY',
    'MANUAL_REVIEW_ACCEPT',
    'MANUAL_REVIEW_REJECT',
    'ORDER_CLOSED',
    'POSTPONED_REFUND',
    'REFUND_WITH_DATA',
    'VOID_PENDING_REFUND',
  ],
};

export const EVENTS: Readonly<Record<string, WebhookEvent>> = {
  AUTHORISATION: money('authorize', 'succeeded', itemOf('AUTHORISATION')),
  'AUTHORISATION, refused': money(
    'authorize',
    'declined',
    itemOf('AUTHORISATION', { success: 'false', reason: 'Not enough balance' }),
  ),
  OFFER_CLOSED: money('authorize', 'declined', itemOf('OFFER_CLOSED')),
  CAPTURE: money('capture', 'succeeded', itemOf('CAPTURE')),
  'CAPTURE, refused': money(
    'capture',
    'declined',
    itemOf('CAPTURE', { success: 'false', reason: 'Insufficient balance' }),
  ),
  CAPTURE_FAILED: money('capture', 'reversed', itemOf('CAPTURE_FAILED')),
  CANCELLATION: money('void', 'succeeded', itemOf('CANCELLATION')),
  TECHNICAL_CANCEL: money('void', 'succeeded', itemOf('TECHNICAL_CANCEL')),
  REFUND: money('refund', 'succeeded', itemOf('REFUND')),
  REFUND_FAILED: money('refund', 'reversed', itemOf('REFUND_FAILED')),
  REFUNDED_REVERSED: money('refund', 'reversed', itemOf('REFUNDED_REVERSED')),
  CANCEL_OR_REFUND: money(
    'refund',
    'succeeded',
    itemOf('CANCEL_OR_REFUND', { additionalData: { 'modification.action': 'refund' } }),
  ),
  'CANCEL_OR_REFUND, a cancel': money(
    'void',
    'succeeded',
    itemOf('CANCEL_OR_REFUND', { additionalData: { 'modification.action': 'cancel' } }),
  ),
  'CANCEL_OR_REFUND, of a kind that is not told': {
    about: 'kept',
    body: bodyOf(itemOf('CANCEL_OR_REFUND')),
    why: 'nobody says which of the two it was',
  },
  ...Object.fromEntries(
    ['AUTHENTICATION', 'ORDER_OPENED', 'RECURRING_CONTRACT', 'REPORT_AVAILABLE'].map((code): [string, WebhookEvent] => [
      code,
      { about: 'other', body: bodyOf(itemOf(code)) },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(KEPT).flatMap(([why, codes]) =>
      codes.map((code): [string, WebhookEvent] => [code, { about: 'kept', body: bodyOf(itemOf(code)), why }]),
    ),
  ),
};
