import { createPrivateKey, createPublicKey, type JsonWebKey, sign, verify } from 'node:crypto';
import type { SignedRoot, Signer } from '#core/proof/roots.ts';

/** Ed25519 (RFC 8032) with a key kept as a JWK. */
export function createSigner({ kid, ...jwk }: JsonWebKey & { kid: string }): Signer {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return { keyId: kid, sign: (text) => sign(null, Buffer.from(text), key).toString('base64url') };
}

/** Whether a statement was signed with the key; one signed with another key is not. */
export function createSignatureCheck({ kid, ...jwk }: JsonWebKey & { kid: string }) {
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return ({ keyId, signature }: SignedRoot, text: string): boolean =>
    keyId === kid && verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
}
