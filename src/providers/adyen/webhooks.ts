import { isHmacSha256 } from '#core/kit/hmac.ts';
import { liveCredentialsOf } from '#core/provider/accountForm.ts';
import { isObject, type JsonObject, meaningOf, parseObject, text, unknown } from '#core/provider/answer.ts';
import type { Outcome, ProviderAccount, WebhookDelivery, WebhookNotice } from '#core/provider/port.ts';
import { amountIn } from './amounts.ts';
import { type Decline, refusalOf } from './responses.ts';
import { EITHER, EITHER_ACTIONS, EVENTS, type EventRule, OTHER_EVENTS, REFUSAL_TEXTS } from './statuses.ts';

/** The time of an event isn't signed: one from the future would stand against all that really comes later. */
const AHEAD_MS_MAX = 5 * 60 * 1000;

/** Every item is signed by itself, over its fields; one that isn't, or is of another merchant account, makes all of them not genuine. */
export function isGenuine({ body }: WebhookDelivery, account: ProviderAccount, now: number): boolean {
  const items = itemsIn(body);
  // A key that is no hexadecimal text would be an empty one, which anybody has.
  const keys = liveCredentialsOf(account, 'hmac_key')
    .map((key) => Buffer.from(key.reveal(), 'hex'))
    .filter((key) => key.length > 0);
  return (
    items.length > 0 &&
    items.every((item) => {
      const signature = text(dataOf(item), 'hmacSignature');
      const message = signedText(item);
      if (
        signature === null ||
        message === null ||
        item['merchantAccountCode'] !== account.settings['merchant_account']
      )
        return false;
      if ((timeOf(item) ?? 0) > now + AHEAD_MS_MAX) return false;
      return keys.some((key) => isHmacSha256({ key, message, signature, encoding: 'base64' }));
    })
  );
}

/** One body an item, in the form of a delivery. */
export function split(body: string): readonly string[] {
  const delivery = parseObject(body);
  const items = itemsIn(body);
  if (items.length < 2) return [body];
  return items.map((item) => JSON.stringify({ ...delivery, notificationItems: [{ NotificationRequestItem: item }] }));
}

export function readNotice(body: string): WebhookNotice | null {
  const [item, ...more] = itemsIn(body);
  const rule = item === undefined ? null : ruleOf(item);
  const psp = item === undefined ? null : text(item, 'pspReference');
  if (item === undefined || rule === null || psp === null || more.length > 0) return null;
  const success = text(item, 'success');
  return {
    // What is done again after it failed (a capture) has the same reference and word, and another time.
    id: [psp, text(item, 'eventCode'), success, text(item, 'eventDate')].join(' '),
    kind: rule.kind,
    reference: text(item, 'merchantReference'),
    payment: text(dataOf(item), 'metadata.payment'),
    targetReference: rule.kind === 'authorize' ? null : text(item, 'originalReference'),
    outcome: outcomeOf(item, rule),
  };
}

export function isOther(body: string): boolean {
  const items = itemsIn(body);
  return items.length === 1 && items.every((item) => OTHER_EVENTS.has(text(item, 'eventCode') ?? ''));
}

function ruleOf(item: JsonObject): EventRule | null {
  const code = text(item, 'eventCode');
  return code === EITHER
    ? meaningOf(EITHER_ACTIONS, text(dataOf(item), 'modification.action'))
    : meaningOf(EVENTS, code);
}

function outcomeOf(item: JsonObject, { kind, means }: EventRule): Outcome {
  const [success, time] = [text(item, 'success'), timeOf(item)];
  const amount = amountIn(item);
  if (success !== 'true' && success !== 'false') return unknown(`success is ${success ?? 'missing'}`);
  if (amount === 'inexact') return unknown('an amount that can not be read');
  if (time === null) return unknown('an event without a time');
  if (success === 'false' && means !== 'success') return unknown('what is told to have failed did not');
  const seen = {
    // A void is of the whole; what stands there is the amount of the payment.
    amountMinor: kind === 'void' ? null : amount.amountMinor,
    currency: kind === 'void' ? null : amount.currency,
    providerReference: text(item, 'pspReference'),
    // Of the same second, the failure is of what had been done before.
    providerVersion: means === 'failure' ? time + 1 : time,
  };
  if (means === 'ends') return { outcome: 'declined', ...declineOf(item), code: 'canceled', ...seen };
  if (means === 'failure') return { outcome: 'reversed', ...declineOf(item), ...seen };
  return success === 'true'
    ? { outcome: 'succeeded', capturedMinor: kind === 'capture' ? seen.amountMinor : 0n, ...seen }
    : { outcome: 'declined', ...declineOf(item), ...seen };
}

/** Of a capture or refund there is a text alone, and no code for it. */
function declineOf(item: JsonObject): Decline {
  const reason = text(item, 'reason');
  const providerCode =
    text(dataOf(item), 'refusalReasonCode') ?? meaningOf(REFUSAL_TEXTS, reason?.toLowerCase() ?? null);
  const code = item['eventCode'] === 'AUTHORISATION' ? refusalOf(providerCode) : 'processing_error';
  return { code, providerCode, message: reason };
}

/** `pspReference:originalReference:merchantAccountCode:merchantReference:value:currency:eventCode:success`; null where a part is no text. */
function signedText(item: JsonObject): string | null {
  const amount = isObject(item['amount']) ? item['amount'] : {};
  const parts = [
    item['pspReference'],
    item['originalReference'],
    item['merchantAccountCode'],
    item['merchantReference'],
    amount['value'],
    amount['currency'],
    item['eventCode'],
    item['success'],
  ].map((part) => part ?? '');
  return parts.every((part) => typeof part === 'string' || Number.isSafeInteger(part)) ? parts.join(':') : null;
}

/** Milliseconds since the epoch. */
function timeOf(item: JsonObject): number | null {
  const time = Date.parse(text(item, 'eventDate') ?? '');
  return Number.isSafeInteger(time) ? time : null;
}

function dataOf(item: JsonObject): JsonObject {
  const data = item['additionalData'];
  return isObject(data) ? data : {};
}

/** Empty for what is no delivery of items. */
function itemsIn(body: string): readonly JsonObject[] {
  const all = parseObject(body)?.['notificationItems'];
  if (!Array.isArray(all)) return [];
  const items = all.map((each) => (isObject(each) ? each['NotificationRequestItem'] : null));
  return items.every((item): item is JsonObject => isObject(item)) ? items : [];
}
