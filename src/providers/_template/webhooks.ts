import { liveCredentialsOf } from '#core/provider/accountForm.ts';
import { parseObject, text, unknown } from '#core/provider/answer.ts';
import type { ProviderAccount, WebhookDelivery, WebhookNotice } from '#core/provider/port.ts';
import { isTimedSignature } from '#core/provider/timedSignature.ts';

/** Over the raw bytes, in constant time, with any of the secrets that are good now. Many providers sign otherwise. */
export function isGenuine({ headers, body }: WebhookDelivery, account: ProviderAccount, now: number): boolean {
  const secrets = liveCredentialsOf(account, 'webhook_secret');
  return isTimedSignature(headers['provider-signature'], { body, secrets, now });
}

/** Which kind of operation an event is about, by its type. */
const KINDS: { readonly [type: string]: WebhookNotice['kind'] } = {};

/** Null for what isn't about a payment, or not understood: it is kept and shown. */
export function readNotice(body: string): WebhookNotice | null {
  const event = parseObject(body);
  const id = event === null ? null : text(event, 'id');
  const kind = event === null ? undefined : KINDS[text(event, 'type') ?? ''];
  if (event === null || id === null || kind === undefined) return null;
  return { id, kind, reference: null, payment: null, targetReference: null, outcome: unknown('not read yet') };
}

/** Only what is known to be about something else may be forgotten. */
export function isOther(_body: string): boolean {
  return false;
}
