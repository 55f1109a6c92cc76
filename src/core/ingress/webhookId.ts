import { hash } from 'node:crypto';
import { base32 } from '#core/kit/id.ts';

const ID_BYTES = 20;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The event, by the provider's id of it, or the very bytes where it has none. Each part is preceded by its length, so that no two cases meet. */
export function webhookId(account: string, event: { id: string } | { body: string }): string {
  const parts = 'id' in event ? [account, 'event', event.id] : [account, 'body', event.body];
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return `inb_${base32(hash('sha256', text, 'buffer').subarray(0, ID_BYTES))}`;
}

/** The text whose UTF-8 encoding is exactly these bytes; null when there is none, and then no signature over a text can be about them. */
export function exactText(body: Uint8Array): string | null {
  try {
    return utf8.decode(body);
  } catch {
    return null;
  }
}
