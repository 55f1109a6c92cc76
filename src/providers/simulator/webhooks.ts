import { liveCredentialsOf } from '#core/provider/accountForm.ts';
import { isObject, type JsonObject, parseObject, text } from '#core/provider/answer.ts';
import type { ProviderAccount, WebhookDelivery, WebhookNotice } from '#core/provider/port.ts';
import { isTimedSignature } from '#core/provider/timedSignature.ts';
import { readObject } from './responses.ts';

/** `Simulator-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">` */
export function isGenuine({ headers, body }: WebhookDelivery, account: ProviderAccount, now: number): boolean {
  const secrets = liveCredentialsOf(account, 'webhook_secret');
  return isTimedSignature(headers['simulator-signature'], { body, secrets, now });
}

const KINDS: { readonly [object: string]: WebhookNotice['kind'] } = {
  charge: 'authorize',
  capture: 'capture',
  void: 'void',
  refund: 'refund',
};

export function readNotice(body: string): WebhookNotice | null {
  const event = parseObject(body);
  const object = event?.['data'];
  const id = event === null ? null : text(event, 'id');
  if (id === null || !isObject(object)) return null;
  const kind = KINDS[text(object, 'object') ?? ''];
  if (kind === undefined || isToldWithCharge(object)) return null;
  const metadata = object['metadata'];
  return {
    id,
    kind,
    reference: text(object, 'reference'),
    payment: isObject(metadata) ? text(metadata, 'payment') : null,
    targetReference: text(object, 'charge'),
    outcome: readObject(object),
  };
}

export function isOther(body: string): boolean {
  const object = parseObject(body)?.['data'];
  return isObject(object) && isToldWithCharge(object);
}

/** What a charge captured by itself. */
function isToldWithCharge(object: JsonObject): boolean {
  return text(object, 'object') === 'capture' && object['source'] === 'charge';
}
