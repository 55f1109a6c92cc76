import { createHmac, timingSafeEqual } from 'node:crypto';

export type HmacClaim = { key: string | Uint8Array; message: string; signature: string; encoding: 'hex' | 'base64' };

/** Whether the signature is the HMAC-SHA-256 of the message. Takes the same time wherever it differs. */
export function isHmacSha256({ key, message, signature, encoding }: HmacClaim): boolean {
  const expected = createHmac('sha256', key).update(message).digest();
  const given = Buffer.from(signature, encoding);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
