import { createHmac } from 'node:crypto';
import { assert } from '#core/kit/assert.ts';
import { type Secret, secret } from '#core/kit/secret.ts';

/** Standard Webhooks, 1.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */

const SECRET_PREFIX = 'whsec_';
/** The specification asks for 24 to 64 random bytes. */
export const SECRET_BYTES = 32;

export function webhookSecretOf(bytes: Uint8Array): Secret {
  assert(bytes.length >= 24 && bytes.length <= 64, 'a webhook secret has 24 to 64 bytes');
  return secret(SECRET_PREFIX + Buffer.from(bytes).toString('base64'));
}

export type Message = { id: string /** Milliseconds since the epoch: when it is sent. */; at: number; body: string };

/** The three headers of a message. While a secret is being replaced both are live: one signature each, and the receiver needs only one of them. */
export function signedHeaders({ id, at, body }: Message, secrets: readonly Secret[]): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((key) => `v1,${signatureOf(`${id}.${timestamp}.${body}`, key)}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

function signatureOf(content: string, key: Secret): string {
  const bytes = Buffer.from(key.reveal().slice(SECRET_PREFIX.length), 'base64');
  return createHmac('sha256', bytes).update(content).digest('base64');
}
