import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { Fault } from '#core/kit/fault.ts';
import { secret } from '#core/kit/secret.ts';
import type { Random } from '#core/kit/world.ts';
import type { Sealer } from '#core/secrets/ports.ts';

const ALGORITHM = 'aes-256-gcm';
/** 96 random bits are safe for 2^32 texts under one key, NIST SP 800-38D, 8.3. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = 'v1';

export type SealingKey = { id: string; bytes: Uint8Array };

/** AES-256-GCM. The first key seals; all of them open, so that a key can be replaced. What it makes: `v1.<key id>.<nonce, text and tag in base64url>`. */
export function createSealer({
  keys,
  random,
}: {
  keys: readonly [SealingKey, ...SealingKey[]];
  random: Random;
}): Sealer {
  const [first] = keys;
  const byId = new Map(keys.map(({ id, bytes }) => [id, createSecretKey(bytes)]));

  return {
    seal: async (text, purpose) => {
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, createSecretKey(first.bytes), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${FORM}.${first.id}.${sealed.toString('base64url')}`;
    },
    open: async (sealed, purpose) => {
      const [form, keyId, content = '', ...rest] = sealed.split('.');
      const bytes = Buffer.from(content, 'base64url');
      const key = byId.get(keyId ?? '');
      // Compared as text too: base64url has more than one spelling of some bytes.
      const isWhole = bytes.length >= NONCE_BYTES + TAG_BYTES && bytes.toString('base64url') === content;
      if (form !== FORM || rest.length > 0 || !isWhole || key === undefined) throw unreadable(purpose);
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const text =
          decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
        return secret(text);
      } catch (cause) {
        throw unreadable(purpose, cause);
      }
    },
  };
}

function unreadable(purpose: string, cause?: unknown): Fault {
  return new Fault(
    'secret_unreadable',
    `a secret of ${purpose} can't be read: its key is not in the key ring, or it was changed. Restore the key, or replace the secret`,
    { retryable: false, cause },
  );
}
