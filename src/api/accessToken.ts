import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { SCOPES } from './scopes.ts';

/** Who calls, as the issuer says. */
export type Caller = {
  subject: string;
  /** The OAuth client that the token was issued to. */
  client: string;
  /** Empty for an operator, who has none: a token with any scope of a merchant's names the merchant. */
  merchant: string;
  scopes: ReadonlySet<string>;
};

/** Which of the issuer's tokens are for this API, and whose they are. */
export type TokenRules = {
  /** Every token must name it; null where the issuer writes none into access tokens. A token that names another is refused in any case. */
  audience: string | null;
  /** The only clients whose tokens are taken; null for all that name the audience. */
  clients: ReadonlySet<string> | null;
  /** The merchant of a client whose tokens have no claim `merchant`. */
  merchants: ReadonlyMap<string, string>;
  /** What the issuer writes before each scope: `florin/` in `florin/payments:read`. */
  scopePrefix: string;
};

/** What is wrong with it, without a word of the token itself. */
export type TokenRefusal = { refused: string };

const MERCHANT = /^[A-Za-z0-9_.-]{1,64}$/;

/** Of a token whose signature, issuer and times are right. */
export function readCaller(
  { typ }: Pick<JWTHeaderParameters, 'typ'>,
  claims: JWTPayload,
  rules: TokenRules,
): Caller | TokenRefusal {
  if (!isAccessToken(typ, claims)) return { refused: 'The token is not an access token' };
  // Bound to a key of its client's (RFC 7800), and nobody has shown here that it has it.
  if (claims['cnf'] !== undefined) return wrong('cnf');
  if (!isForUs(claims, rules)) return wrong('aud');
  const client = claims['client_id'] ?? claims['azp'];
  if (typeof client !== 'string' || client === '') return wrong('client_id');
  if (rules.clients !== null && !rules.clients.has(client)) return wrong('client_id');
  if (typeof claims['scope'] !== 'string') return wrong('scope');
  const scopes = readScopes(claims['scope'], rules.scopePrefix);
  const merchant = readMerchant(claims['merchant'], rules.merchants.get(client));
  if (merchant === null || (merchant === '' && !isOperators(scopes))) return wrong('merchant');
  return { subject: claims.sub ?? client, client, merchant, scopes };
}

/** Whose objects may be read: the caller's own, or everybody's (null) where it is an operator. */
export function merchantReadBy({ merchant, scopes }: Caller): string | null {
  return scopes.has('operations:read') ? null : merchant;
}

/**
 * RFC 9068 says it in the header: `at+jwt`. Of a plain JWT the claims must say it (Cognito: `token_use`, Keycloak: `typ`), because a client's ID
 * token is signed with the same keys by the same issuer, and was meant for another's eyes.
 */
function isAccessToken(typ: unknown, { token_use: use, typ: kind }: JWTPayload): boolean {
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  if (use !== undefined && use !== 'access') return false;
  return type === 'at+jwt' || ((type === undefined || type === 'jwt') && (use === 'access' || kind === 'Bearer'));
}

/** A token that says whom it is for must mean us; one that doesn't say is taken only where clients are listed instead. */
function isForUs({ aud }: JWTPayload, { audience, clients }: TokenRules): boolean {
  if (aud === undefined) return clients !== null;
  return audience !== null && [aud].flat().includes(audience);
}

/** Those that this API knows; an issuer may have others. */
function readScopes(text: string, prefix: string): ReadonlySet<string> {
  const known = text
    .split(' ')
    .filter((scope) => scope.startsWith(prefix))
    .map((scope) => scope.slice(prefix.length));
  return new Set(known.filter((scope) => Object.hasOwn(SCOPES, scope)));
}

/** Empty where neither names one; null where what they name is none, or not the same. */
function readMerchant(claimed: unknown, mapped: string | undefined): string | null {
  if (claimed !== undefined && mapped !== undefined && claimed !== mapped) return null;
  const merchant = claimed ?? mapped ?? '';
  return typeof merchant === 'string' && (merchant === '' || MERCHANT.test(merchant)) ? merchant : null;
}

/** Nothing but an operator's: such a token acts for no merchant. */
function isOperators(scopes: ReadonlySet<string>): boolean {
  return scopes.size > 0 && [...scopes].every((scope) => scope.startsWith('operations:'));
}

function wrong(claim: string): TokenRefusal {
  return { refused: `The access token's claim "${claim}" is not what this API expects` };
}
