import { liveCredentialsOf } from '#core/provider/accountForm.ts';
import { integer, isObject, type JsonObject, parseObject, text } from '#core/provider/answer.ts';
import type { ProviderAccount, WebhookDelivery, WebhookNotice } from '#core/provider/port.ts';
import { isTimedSignature } from '#core/provider/timedSignature.ts';
import { capturesIn, readCapture, readIntent, seenIn, sumOf } from './intents.ts';
import { readRefund, referenceIn } from './responses.ts';

/** `Stripe-Signature`, with 300 s as in Stripe's own libraries. Source: docs.stripe.com/webhooks, "Verify manually". */
export function isGenuine({ headers, body }: WebhookDelivery, account: ProviderAccount, now: number): boolean {
  const secrets = liveCredentialsOf(account, 'webhook_secret');
  return isTimedSignature(headers['stripe-signature'], { body, secrets, now });
}

/**
 * An endpoint for Connect is told what happens at all connected accounts, and each of them writes its own metadata: only the event itself says
 * whose it is. Without `account` it is of the account that has the endpoint.
 */
export function isOf(body: string, { settings }: ProviderAccount): boolean {
  const account = parseObject(body)?.['account'];
  return account === undefined || account === null || account === settings['connected_account'];
}

const INTENT_EVENTS: ReadonlySet<string> = new Set([
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
]);
const REFUND_EVENTS: ReadonlySet<string> = new Set([
  'charge.refund.updated',
  'refund.created',
  'refund.failed',
  'refund.updated',
]);
/** Told by those above: a charge by its payment intent, its refund by the refund; an intent that was only created says nothing. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  'charge.captured',
  'charge.expired',
  'charge.failed',
  'charge.pending',
  'charge.refunded',
  'charge.succeeded',
  'charge.updated',
  'payment_intent.created',
]);

export function readNotice(body: string): WebhookNotice | null {
  const event = parseObject(body);
  const object = objectIn(event);
  const id = event === null ? null : text(event, 'id');
  const type = event === null ? null : text(event, 'type');
  if (event === null || object === null || id === null || type === null || isRelease(object)) return null;
  const version = integer(event, 'created');
  if (INTENT_EVENTS.has(type)) return { id, ...intentNotice(object, version) };
  return REFUND_EVENTS.has(type) ? refundNotice(id, object, version) : null;
}

export function isOther(body: string): boolean {
  const event = parseObject(body);
  const type = event === null ? null : text(event, 'type');
  const object = objectIn(event);
  if (type === null || object === null) return false;
  return TOLD_ELSEWHERE.has(type) || (REFUND_EVENTS.has(type) && object['reason'] === 'expired_uncaptured_charge');
}

/** An intent tells of its authorisation; once something of a held one was captured, of the capture. */
function intentNotice(intent: JsonObject, version: number | null): Omit<WebhookNotice, 'id'> {
  const payment = paymentIn(intent);
  const captures = text(intent, 'status') === 'canceled' ? null : capturesIn(intent);
  if (captures === null || captures.received === 0n) {
    const outcome = readIntent(intent, version);
    return { kind: 'authorize', reference: referenceIn(intent), payment, targetReference: null, outcome };
  }
  const targetReference = text(intent, 'id');
  const surplus = captures.received - sumOf(captures);
  const own = captures.last === null || surplus > 0n ? null : readCapture(intent, captures.last, version);
  if (own !== null) return { kind: 'capture', reference: captures.last, payment, targetReference, outcome: own };
  // More was received than we have captured: somebody did it in the dashboard.
  const seen = seenIn(intent, surplus, version);
  const outcome =
    seen === null || surplus <= 0n
      ? ({ outcome: 'unknown', reason: 'a capture that is not clear' } as const)
      : ({
          outcome: 'succeeded',
          capturedMinor: seen.amountMinor,
          ...seen,
          providerReference: text(intent, 'latest_charge'),
        } as const);
  return { kind: 'capture', reference: null, payment, targetReference, outcome };
}

function refundNotice(id: string, refund: JsonObject, version: number | null): WebhookNotice {
  return {
    id,
    kind: 'refund',
    reference: referenceIn(refund),
    payment: paymentIn(refund),
    targetReference: text(refund, 'payment_intent'),
    outcome: readRefund(refund, version),
  };
}

/** To release a hold, Stripe makes a refund that moves no money. It is not one of ours: those have our reference. */
function isRelease(object: JsonObject): boolean {
  return text(object, 'object') === 'refund' && referenceIn(object) === null && isWithoutMoney(object);
}

function isWithoutMoney(refund: JsonObject): boolean {
  return text(refund, 'status') === 'succeeded' && text(refund, 'balance_transaction') === null;
}

function paymentIn(object: JsonObject): string | null {
  const metadata = object['metadata'];
  return isObject(metadata) ? text(metadata, 'payment') : null;
}

function objectIn(event: JsonObject | null): JsonObject | null {
  const data = event?.['data'];
  const object = isObject(data) ? data['object'] : null;
  return isObject(object) ? object : null;
}
