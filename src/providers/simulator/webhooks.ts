import { isHmacSha256 } from '#core/kit/hmac.ts';
import { liveCredentialsOf } from '#core/provider/accountForm.ts';
import { isObject, type JsonObject, text } from '#core/provider/answer.ts';
import type { ProviderAccount, WebhookDelivery, WebhookNotice } from '#core/provider/port.ts';
import { readObject } from './responses.ts';

/** An older signature may be one that somebody recorded. */
const AGE_MAX_S = 300;
const SIGNATURE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/** `Simulator-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">` */
export function isGenuine(delivery: WebhookDelivery, account: ProviderAccount, now: number): boolean {
  const [, signedAt = '', signature = ''] = SIGNATURE.exec(delivery.headers['simulator-signature'] ?? '') ?? [];
  if (signature === '' || Math.abs(now / 1000 - Number(signedAt)) > AGE_MAX_S) return false;
  const message = `${signedAt}.${delivery.body}`;
  return liveCredentialsOf(account, 'webhook_secret').some((key) =>
    isHmacSha256({ key: key.reveal(), message, signature, encoding: 'hex' }),
  );
}

const KINDS: { readonly [object: string]: WebhookNotice['kind'] } = {
  charge: 'authorize',
  capture: 'capture',
  void: 'void',
  refund: 'refund',
};

export function readNotice(body: string): WebhookNotice | null {
  const event = parse(body);
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
  const object = parse(body)?.['data'];
  return isObject(object) && isToldWithCharge(object);
}

/** What a charge captured by itself. */
function isToldWithCharge(object: JsonObject): boolean {
  return text(object, 'object') === 'capture' && object['source'] === 'charge';
}

function parse(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
