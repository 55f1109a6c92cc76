import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { z } from 'zod';
import type { SealingKey } from '#adapters/system/sealer.ts';
import { Fault } from '#core/kit/fault.ts';
import { type IdSecret, idSecretOf } from '#core/kit/id.ts';
import type { Random } from '#core/kit/world.ts';
import { newId, newKey, newSecret, readPrivately, writePrivately } from './privateFiles.ts';

const jwkSchema = z.looseObject({ kty: z.string(), kid: z.string() });
const keyRingSchema = z.strictObject({
  id_secret: z.string(),
  simulator_api_key: z.string(),
  simulator_webhook_secret: z.string(),
  // Of earlier versions, and not used any more: the keys that sign tokens have a file of their own, because they change.
  token_signing_key: jwkSchema.optional(),
  record_signing_key: jwkSchema,
  // Folders of earlier versions have none: it is added.
  sealing_key: z.strictObject({ id: z.string(), key: z.string() }).optional(),
});
export type KeyRing = {
  idSecret: IdSecret;
  simulatorApiKey: string;
  simulatorWebhookSecret: string;
  /** Ed25519: signs the journal's roots. */
  recordSigningKey: JWK & { kid: string };
  /** AES-256: credentials at rest. */
  sealingKey: SealingKey;
};

/** The platform's own secrets in the local mode, made by the first start. Without them a journal is worth little, so they are never made twice. */
export async function openKeyRing(folder: string, random: Random): Promise<KeyRing> {
  const path = join(folder, 'secrets.json');
  if (!existsSync(path)) {
    if (existsSync(join(folder, 'journal.sqlite'))) {
      throw new Fault(
        'secrets_missing',
        `${folder} has a journal but no secrets.json. Restore the secrets.json that belongs to it`,
        { retryable: false },
      );
    }
    writePrivately(path, {
      id_secret: newSecret(random),
      simulator_api_key: `sim_${newSecret(random)}`,
      simulator_webhook_secret: newSecret(random),
      record_signing_key: await newKey(random, 'EdDSA'),
      sealing_key: newSealingKey(random),
    });
  }
  const ring = readPrivately(path, keyRingSchema);
  const sealingKey = ring.sealing_key ?? newSealingKey(random);
  if (ring.sealing_key === undefined) writePrivately(path, { ...ring, sealing_key: sealingKey });
  return {
    idSecret: idSecretOf(Buffer.from(ring.id_secret, 'base64url')),
    simulatorApiKey: ring.simulator_api_key,
    simulatorWebhookSecret: ring.simulator_webhook_secret,
    recordSigningKey: ring.record_signing_key as JWK & { kid: string },
    sealingKey: { id: sealingKey.id, bytes: Buffer.from(sealingKey.key, 'base64url') },
  };
}

function newSealingKey(random: Random) {
  return { id: newId(random), key: newSecret(random) };
}
