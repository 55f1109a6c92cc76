import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import type { SealingKey } from '#adapters/system/sealer.ts';
import { Fault } from '#core/kit/fault.ts';
import { base32, type IdSecret, idSecretOf } from '#core/kit/id.ts';
import type { Random } from '#core/kit/world.ts';

const jwkSchema = z.looseObject({ kty: z.string(), kid: z.string() });
const keyRingSchema = z.strictObject({
  id_secret: z.string(),
  simulator_api_key: z.string(),
  simulator_webhook_secret: z.string(),
  token_signing_key: jwkSchema,
  record_signing_key: jwkSchema,
  // Folders of earlier versions have none: it is added.
  sealing_key: z.strictObject({ id: z.string(), key: z.string() }).optional(),
});
const devClientSchema = z.strictObject({
  client_id: z.string(),
  client_secret: z.string(),
  token_url: z.url(),
  merchant: z.string(),
});

export type KeyRing = {
  idSecret: IdSecret;
  simulatorApiKey: string;
  simulatorWebhookSecret: string;
  tokenSigningKey: JWK & { kid: string };
  /** Ed25519: signs the journal's roots. */
  recordSigningKey: JWK & { kid: string };
  /** AES-256: credentials at rest. */
  sealingKey: SealingKey;
};
export type DevClient = z.output<typeof devClientSchema>;

const SECRET_BYTES = 32;
const ID_BYTES = 10;

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
      id_secret: text(random, SECRET_BYTES),
      simulator_api_key: `sim_${text(random, SECRET_BYTES)}`,
      simulator_webhook_secret: text(random, SECRET_BYTES),
      token_signing_key: await newKey(random, 'ES256'),
      record_signing_key: await newKey(random, 'EdDSA'),
      sealing_key: newSealingKey(random),
    });
  }
  const ring = readJson(path, keyRingSchema);
  const sealingKey = ring.sealing_key ?? newSealingKey(random);
  if (ring.sealing_key === undefined) writePrivately(path, { ...ring, sealing_key: sealingKey });
  return {
    idSecret: idSecretOf(Buffer.from(ring.id_secret, 'base64url')),
    simulatorApiKey: ring.simulator_api_key,
    simulatorWebhookSecret: ring.simulator_webhook_secret,
    tokenSigningKey: ring.token_signing_key as JWK & { kid: string },
    recordSigningKey: ring.record_signing_key as JWK & { kid: string },
    sealingKey: { id: sealingKey.id, bytes: Buffer.from(sealingKey.key, 'base64url') },
  };
}

/** The client that a developer signs in with. The secret is random and stays; the URL follows the port. */
export function openDevClient(
  folder: string,
  { random, tokenUrl }: { random: Random; tokenUrl: string },
): { client: DevClient; path: string } {
  const path = join(folder, 'dev-client.json');
  const known = existsSync(path) ? readJson(path, devClientSchema) : null;
  const client = {
    client_id: known?.client_id ?? `dev_${base32(random.bytes(ID_BYTES))}`,
    client_secret: known?.client_secret ?? text(random, SECRET_BYTES),
    token_url: tokenUrl,
    merchant: known?.merchant ?? 'mer_dev',
  };
  if (known?.token_url !== tokenUrl) writePrivately(path, client);
  return { client, path };
}

async function newKey(random: Random, alg: string): Promise<JWK & { kid: string }> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, kid: base32(random.bytes(ID_BYTES)) };
}

function newSealingKey(random: Random) {
  return { id: base32(random.bytes(ID_BYTES)), key: text(random, SECRET_BYTES) };
}

function text(random: Random, bytes: number): string {
  return Buffer.from(random.bytes(bytes)).toString('base64url');
}

/** Whole or not at all, and for this user's eyes only. */
function writePrivately(path: string, value: object): void {
  try {
    writeWhole(path, value);
  } catch (cause) {
    const reason = (cause as { code?: unknown }).code === 'ENOSPC' ? 'the disk is full' : (cause as Error).message;
    throw new Fault('secrets_unwritable', `writing ${path} failed: ${reason}`, { retryable: false, cause });
  }
}

function writeWhole(path: string, value: object): void {
  const unfinished = `${path}.unfinished`;
  const file = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(value, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}

function readJson<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    // Not the cause's text: it may quote what the file holds.
    throw new Fault(
      'secrets_unreadable',
      `${path} is not what this platform wrote. It was left as it is: restore it from a backup`,
      { retryable: false, cause },
    );
  }
}
