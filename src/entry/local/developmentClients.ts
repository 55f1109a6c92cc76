import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { IssuerClient } from '#adapters/local/oidc/tokenIssuer.ts';
import { SCOPES } from '#api/scopes.ts';
import type { Random } from '#core/kit/world.ts';
import { newId, newSecret, readPrivately, writePrivately } from './privateFiles.ts';

const fileSchema = z.strictObject({
  client_id: z.string(),
  client_secret: z.string(),
  token_url: z.url(),
  /** Null for an operator. */
  merchant: z.string().nullable(),
});

/** As it lies in the data folder: what a developer signs in with. */
export type DevelopmentClient = z.output<typeof fileSchema> & { path: string; scopes: readonly string[] };
export type DevelopmentClients = { readonly [role in keyof typeof ROLES]: DevelopmentClient };

const MERCHANT_SCOPES = Object.keys(SCOPES).filter((scope) => !scope.startsWith('operations:'));

/** Nobody is both a merchant and an operator. */
const ROLES = {
  merchant: { file: 'dev-client.json', merchant: 'mer_dev', scopes: MERCHANT_SCOPES },
  otherMerchant: { file: 'dev-client-2.json', merchant: 'mer_dev_2', scopes: MERCHANT_SCOPES },
  operator: { file: 'dev-operator.json', merchant: null, scopes: ['operations:read', 'operations:write'] },
  reader: { file: 'dev-operator-reading.json', merchant: null, scopes: ['operations:read'] },
} as const;

export type DevelopmentClientsOptions = { random: Random; tokenUrl: string };

/** The clients of one's own machine. The secrets are random and stay; the URL follows the port. */
export function openDevelopmentClients(folder: string, options: DevelopmentClientsOptions): DevelopmentClients {
  return {
    merchant: open(folder, ROLES.merchant, options),
    otherMerchant: open(folder, ROLES.otherMerchant, options),
    operator: open(folder, ROLES.operator, options),
    reader: open(folder, ROLES.reader, options),
  };
}

/** Where the platform last answered on this folder, by its first client; null before the first start. */
export function readTokenUrl(folder: string): string | null {
  const path = join(folder, ROLES.merchant.file);
  return existsSync(path) ? readPrivately(path, fileSchema).token_url : null;
}

export function showIssuerClient({
  client_id: id,
  client_secret: secret,
  merchant,
  scopes,
}: DevelopmentClient): IssuerClient {
  return { id, secret, merchant, scopes };
}

function open(
  folder: string,
  { file, merchant, scopes }: (typeof ROLES)[keyof typeof ROLES],
  { random, tokenUrl }: DevelopmentClientsOptions,
): DevelopmentClient {
  const path = join(folder, file);
  const known = existsSync(path) ? readPrivately(path, fileSchema) : null;
  const client = {
    client_id: known?.client_id ?? `dev_${newId(random)}`,
    client_secret: known?.client_secret ?? newSecret(random),
    token_url: tokenUrl,
    merchant: known === null ? merchant : known.merchant,
  };
  if (known?.token_url !== tokenUrl) writePrivately(path, client);
  return { ...client, path, scopes };
}
