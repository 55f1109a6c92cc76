import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { z } from 'zod';
import { Fault } from '#core/kit/fault.ts';
import { base32 } from '#core/kit/id.ts';
import type { Random } from '#core/kit/world.ts';

export type PrivateKey = JWK & { kty: string; kid: string };

const SECRET_BYTES = 32;
const ID_BYTES = 10;

/** Whole or not at all, and for this user's eyes only. */
export function writePrivately(path: string, value: object): void {
  try {
    writeWhole(path, value);
  } catch (cause) {
    const reason = (cause as { code?: unknown }).code === 'ENOSPC' ? 'the disk is full' : (cause as Error).message;
    throw new Fault('secrets_unwritable', `writing ${path} failed: ${reason}`, { retryable: false, cause });
  }
}

/** What `writePrivately` wrote. */
export function readPrivately<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
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

export async function newKey(random: Random, alg: 'ES256' | 'EdDSA'): Promise<PrivateKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, kid: newId(random) } as PrivateKey;
}

/** Nobody can guess it. */
export function newSecret(random: Random): string {
  return Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url');
}

export function newId(random: Random): string {
  return base32(random.bytes(ID_BYTES));
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
