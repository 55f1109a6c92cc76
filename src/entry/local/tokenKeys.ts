import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Random } from '#core/kit/world.ts';
import { newKey, type PrivateKey, readPrivately, writePrivately } from './privateFiles.ts';

const FILE = 'token-keys.json';
const ALGORITHM = 'ES256';
export const TOKEN_LIFETIME_S = 3600;
/** A key that is older is replaced at the next start. */
const SIGNS_FOR_MS = 30 * 24 * 3_600_000;
/** After the last token that it signed has expired, and a lifetime more for clocks that were set. */
const KEPT_FOR_MS = 2 * TOKEN_LIFETIME_S * 1000;

const fileSchema = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        created_at: z.iso.datetime(),
        /** When the next one took over; null for the one that signs. */
        retired_at: z.iso.datetime().nullable(),
        key: z.looseObject({ kty: z.string(), kid: z.string() }),
      }),
    )
    .min(1),
});
type KeptKey = z.output<typeof fileSchema>['keys'][number];

export type TokenKeysOptions = { random: Random; now: number };

/** The keys of the platform's own issuer, the one that signs first. A start makes the first, replaces an old one, and forgets those that are done. */
export async function openTokenKeys(folder: string, options: TokenKeysOptions): Promise<readonly PrivateKey[]> {
  const known = read(folder);
  const [signing] = known;
  const isOld = signing === undefined || options.now - Date.parse(signing.created_at) > SIGNS_FOR_MS;
  const kept = isOld ? await replace(known, options) : forget(known, options.now);
  if (isOld || kept.length < known.length) write(folder, kept);
  return kept.map(({ key }) => key as PrivateKey);
}

/** A new key signs from the next start on. `withdraw`: the former ones are good for nothing from then on, nor is any token that they signed. */
export async function rotateTokenKeys(
  folder: string,
  { withdraw, ...options }: TokenKeysOptions & { withdraw: boolean },
): Promise<readonly string[]> {
  const kept = await replace(withdraw ? [] : read(folder), options);
  write(folder, kept);
  return kept.map(({ key }) => key.kid);
}

/** The names of the keys of a folder; empty when there are none yet. */
export function readTokenKeyIds(folder: string): readonly string[] {
  return read(folder).map(({ key }) => key.kid);
}

async function replace(known: readonly KeptKey[], { random, now }: TokenKeysOptions): Promise<readonly KeptKey[]> {
  const at = new Date(now).toISOString();
  const key = await newKey(random, ALGORITHM);
  const former = known.map((kept) => ({ ...kept, retired_at: kept.retired_at ?? at }));
  return [{ created_at: at, retired_at: null, key }, ...forget(former, now)];
}

function forget(known: readonly KeptKey[], now: number): readonly KeptKey[] {
  return known.filter(({ retired_at: at }) => at === null || now - Date.parse(at) <= KEPT_FOR_MS);
}

function read(folder: string): readonly KeptKey[] {
  const path = join(folder, FILE);
  return existsSync(path) ? readPrivately(path, fileSchema).keys : [];
}

function write(folder: string, keys: readonly KeptKey[]): void {
  writePrivately(join(folder, FILE), { keys });
}
