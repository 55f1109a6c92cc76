import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isTrusted } from '#adapters/http/issuerKeys.ts';
import type { TokenRules } from '#api/accessToken.ts';
import { Fault } from '#core/kit/fault.ts';

/** An issuer of tokens elsewhere: Cognito, Keycloak, or any other that writes JWT access tokens. */
export type IssuerConfig = TokenRules & {
  /** As it stands in `iss`. */
  issuer: string;
  /** Null: its metadata say where the keys are. */
  jwksUrl: string | null;
};

type Environment = Readonly<Record<string, string | undefined>>;

const merchantsSchema = z.record(z.string().min(1), z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/));
/** They would be silently without effect. */
const ONLY_WITH_ISSUER = [
  'FLORIN_AUDIENCE',
  'FLORIN_CLIENT_IDS',
  'FLORIN_JWKS_URL',
  'FLORIN_MERCHANTS_BY_CLIENT',
  'FLORIN_SCOPE_PREFIX',
];

/** Null without FLORIN_ISSUER: the platform is its own, for development. */
export function readIssuerConfig(env: Environment): IssuerConfig | null {
  const issuer = env['FLORIN_ISSUER'] || null;
  if (issuer === null) {
    const alone = ONLY_WITH_ISSUER.find((name) => env[name]);
    if (alone !== undefined) throw invalid(`${alone} is set, and FLORIN_ISSUER is not: set both`);
    return null;
  }
  const jwksUrl = env['FLORIN_JWKS_URL'] || null;
  assertTrusted('FLORIN_ISSUER', issuer);
  if (jwksUrl !== null) assertTrusted('FLORIN_JWKS_URL', jwksUrl);
  const audience = env['FLORIN_AUDIENCE'] || null;
  const clients = readClients(env['FLORIN_CLIENT_IDS']);
  if (audience === null && clients === null)
    throw invalid(
      'FLORIN_ISSUER is set: set FLORIN_AUDIENCE or FLORIN_CLIENT_IDS too, or every token of the issuer would be good here',
    );
  return {
    issuer,
    jwksUrl,
    audience,
    clients,
    merchants: readMerchants(env['FLORIN_MERCHANTS_BY_CLIENT']),
    scopePrefix: env['FLORIN_SCOPE_PREFIX'] ?? '',
  };
}

function assertTrusted(name: string, url: string): void {
  if (!isTrusted(url)) throw invalid(`${name} is "${url}"; expected an https URL (http only on this machine)`);
}

function readClients(text: string | undefined): ReadonlySet<string> | null {
  const clients = (text ?? '')
    .split(',')
    .map((client) => client.trim())
    .filter((client) => client !== '');
  return clients.length === 0 ? null : new Set(clients);
}

function readMerchants(path: string | undefined): ReadonlyMap<string, string> {
  if (path === undefined || path === '') return new Map();
  try {
    return new Map(Object.entries(merchantsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))));
  } catch (cause) {
    const expected = 'expected a JSON file of an object from client ids to merchants: {"client":"mer_1"}';
    throw invalid(`FLORIN_MERCHANTS_BY_CLIENT is "${path}"; ${expected}`, cause);
  }
}

function invalid(message: string, cause?: unknown): Fault {
  return new Fault('config_invalid', message, { retryable: false, cause });
}
