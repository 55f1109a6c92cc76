import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** What ids are derived with. A key object and not its bytes: Node spends more time on looking at raw bytes than on the hash. */
export type IdSecret = KeyObject;

export function idSecretOf(bytes: Uint8Array): IdSecret {
  return createSecretKey(bytes);
}

/** Crockford's base 32 in lower case: no i, l, o, u, so an id survives being read aloud or retyped. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const DERIVED_BYTES = 20;

/** 8 bits a byte in, 5 bits a character out; the last character is padded with zero bits. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

/**
 * 160 bits of HMAC-SHA-256 over the parts, as 32 characters. Each part is preceded by its length, so that
 * ('ab','c') and ('a','bc') differ: two tenants can never meet at one address.
 */
export function deriveId(idSecret: IdSecret, ...parts: readonly string[]): string {
  return base32(hmac(idSecret, parts).subarray(0, DERIVED_BYTES));
}

/** 256 bits of HMAC-SHA-256 over the length-prefixed parts, base64url without padding: 43 characters. */
export function deriveFingerprint(idSecret: IdSecret, ...parts: readonly string[]): string {
  return hmac(idSecret, parts).toString('base64url');
}

function hmac(idSecret: IdSecret, parts: readonly string[]): Buffer {
  const message = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return createHmac('sha256', idSecret).update(message).digest();
}
