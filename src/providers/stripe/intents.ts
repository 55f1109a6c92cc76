import { isObject, type JsonObject, meaningOf, minorUnits, text, unknown } from '#core/provider/answer.ts';
import type { Outcome, Seen } from '#core/provider/port.ts';
import { minorOf } from './amounts.ts';
import { captureMark } from './requests.ts';
import { DECLINES, INTENT_STATUSES } from './statuses.ts';

/** A payment intent, wherever it comes from, as what it says of the authorisation that it is. `version`: Stripe's time of it, where it has one. */
export function readIntent(intent: JsonObject, version: number | null = null): Outcome {
  const status = text(intent, 'status');
  const seen = seenIn(intent, minorUnits(intent, 'amount'), version);
  if (text(intent, 'object') !== 'payment_intent' || seen === null)
    return unknown('a payment intent that lacks a part');
  const meaning = meaningOf(INTENT_STATUSES, status);
  switch (meaning) {
    case 'succeeded':
      return readAuthorized(intent, status, seen);
    case 'requires_action': {
      const redirectUrl = redirectIn(intent);
      return redirectUrl === null
        ? unknown('an action that is no redirect')
        : { outcome: meaning, redirectUrl, ...seen };
    }
    case 'pending':
      return { outcome: meaning, ...seen };
    case 'declined':
      return status === 'canceled' ? readCanceled(intent, seen) : readDeclined(intent, seen);
    case 'reversed':
    case 'unknown':
    case null:
      return unknown(`a payment intent that is ${status ?? 'without a status'}`);
  }
}

/** What a later capture took is an operation of its own: an intent that is captured by hand has taken nothing at once. */
function readAuthorized(intent: JsonObject, status: string | null, seen: Seen): Outcome {
  const method = text(intent, 'capture_method');
  if (method === 'manual') return { outcome: 'succeeded', capturedMinor: 0n, ...seen };
  const received = seenIn(intent, minorUnits(intent, 'amount_received'), seen.providerVersion);
  if (status !== 'succeeded' || method === null || received === null) return unknown(`${status}, capture ${method}`);
  return { outcome: 'succeeded', ...received, capturedMinor: received.amountMinor };
}

function readDeclined(intent: JsonObject, seen: Seen): Outcome {
  const error = intent['last_payment_error'];
  if (!isObject(error)) return unknown('a payment intent without a payment method, and no error that says why');
  return { outcome: 'declined', ...declineIn(error), ...seen };
}

/** With a charge and no error it had been authorised, and was voided later, which is an operation of its own. */
function readCanceled(intent: JsonObject, seen: Seen): Outcome {
  const error = intent['last_payment_error'];
  if (isObject(error)) return { outcome: 'declined', ...declineIn(error), ...seen };
  if (intent['latest_charge'] === null)
    return {
      outcome: 'declined',
      code: 'canceled',
      providerCode: text(intent, 'cancellation_reason'),
      message: null,
      ...seen,
    };
  const wasHeld =
    text(intent, 'latest_charge') !== null && text(intent, 'capture_method') === 'manual' && error === null;
  return wasHeld ? { outcome: 'succeeded', capturedMinor: 0n, ...seen } : unknown('canceled, and not clear from what');
}

function redirectIn(intent: JsonObject): string | null {
  const action = intent['next_action'];
  const redirect = isObject(action) && text(action, 'type') === 'redirect_to_url' ? action['redirect_to_url'] : null;
  return isObject(redirect) ? text(redirect, 'url') : null;
}

/** What was captured of an intent, by our own marks in its metadata. In Stripe's units. */
export type Captures = { received: bigint; marked: ReadonlyMap<string, bigint>; last: string | null };

export function capturesIn(intent: JsonObject): Captures | null {
  const received = minorUnits(intent, 'amount_received');
  if (received === null || text(intent, 'capture_method') !== 'manual') return null;
  const metadata = intent['metadata'];
  const marks = isObject(metadata) ? metadata : {};
  const marked = new Map<string, bigint>();
  for (const [name, value] of Object.entries(marks))
    if (/^capture_\d+$/.test(name) && typeof value === 'string' && /^\d{1,18}$/.test(value))
      marked.set(name, BigInt(value));
  return { received, marked, last: text(marks, 'last_capture') };
}

/**
 * The capture with our reference; null when the intent doesn't bear its mark. Its amount is what the others leave of all that was received; what
 * was received beyond all marks is a capture from the dashboard, which is told of by itself.
 */
export function readCapture(intent: JsonObject, reference: string, version: number | null = null): Outcome | null {
  const captures = capturesIn(intent);
  const own = captures?.marked.get(captureMark(reference));
  if (captures === null || own === undefined) return null;
  const status = text(intent, 'status');
  if (status !== 'succeeded' && status !== 'requires_capture') return unknown(`captured, and it is ${status}`);
  const short = sumOf(captures) - captures.received;
  const units = short > 0n ? own - short : own;
  // A mark without money: what was refused may have left it.
  const seen = units <= 0n ? null : seenIn(intent, units, version);
  if (seen === null) return unknown('a capture whose amount is not clear');
  return { outcome: 'succeeded', capturedMinor: seen.amountMinor, ...seen, providerReference: null };
}

export function sumOf({ marked }: Captures): bigint {
  return [...marked.values()].reduce((sum, units) => sum + units, 0n);
}

/** Null when the object doesn't say what it is, or an amount that minor units can't say. */
export function seenIn(object: JsonObject, units: bigint | null, providerVersion: number | null): Seen | null {
  const [providerReference, currency] = [text(object, 'id'), text(object, 'currency')];
  const amount = units === null || currency === null ? null : minorOf(units, currency);
  return providerReference === null || amount === null ? null : { ...amount, providerReference, providerVersion };
}

export function declineIn(error: JsonObject) {
  const providerCode = text(error, 'decline_code') ?? text(error, 'code');
  return { code: declineOf(providerCode), providerCode, message: text(error, 'message') };
}

export function declineOf(providerCode: string | null) {
  return meaningOf(DECLINES, providerCode) ?? 'unknown';
}
