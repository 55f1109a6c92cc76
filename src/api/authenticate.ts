import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { isFault } from '#core/kit/fault.ts';
import { type Caller, readCaller, type TokenRules } from './accessToken.ts';
import { ProblemError } from './problems.ts';
import type { Scope } from './scopes.ts';
import { createVerifiedTokens } from './verifiedTokens.ts';

export type AuthenticateOptions = TokenRules & {
  issuer: string;
  /** Finds the issuer's public key for a token's header. Throws a Fault when the issuer can't be asked. */
  keys: JWTVerifyGetKey;
  /** Milliseconds since the epoch. */
  now: () => number;
};

export type { Caller } from './accessToken.ts';

/** Asymmetric signatures only: a token signed with a public key as if it were a shared secret can't pass. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const CLOCK_TOLERANCE_S = 5;
/** The largest that issuers commonly write have 2,000. */
const TOKEN_CHARACTERS_MAX = 8192;
const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/** RFC 6750 and RFC 9068: access tokens that are JWTs of one issuer. docs/concepts/access.md says what is refused. */
export function createAuthenticate({ issuer, keys, now, ...rules }: AuthenticateOptions) {
  const verified = createVerifiedTokens({ now });

  /** Throws a ProblemError: 401 for a token that isn't good, 403 for one without the scope, 503 when the issuer's keys can't be had. */
  return async function authenticate(authorization: string | undefined, scope: Scope): Promise<Caller> {
    if (authorization === undefined) throw new ProblemError('token_missing');
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw invalid('The Authorization header is not "Bearer <token>"');
    if (token.length > TOKEN_CHARACTERS_MAX) throw invalid('The access token is too long');
    const caller = verified.find(token) ?? (await verify(token));
    if (!caller.scopes.has(scope))
      throw new ProblemError('scope_insufficient', { detail: `This needs the scope ${scope}`, scope });
    return caller;
  };

  async function verify(token: string): Promise<Caller> {
    if (!isCanonical(token)) throw invalid('The access token could not be verified');
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(now()),
      requiredClaims: ['exp'],
    }).catch((cause: unknown) => {
      if (isFault(cause)) throw new ProblemError('issuer_unavailable');
      throw invalid(reasonOf(cause));
    });
    const caller = readCaller(protectedHeader, payload, rules);
    if ('refused' in caller) throw invalid(caller.refused);
    verified.remember(token, caller, (payload.exp ?? 0) * 1000);
    return caller;
  }
}

export type Authenticate = ReturnType<typeof createAuthenticate>;

function invalid(detail: string): ProblemError {
  return new ProblemError('token_invalid', { detail });
}

/** The last character of a signature has bits that decoders ignore: only one way to write it is taken. */
function isCanonical(token: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return signature !== '' && Buffer.from(signature, 'base64url').toString('base64url') === signature;
}

/** Why, without a word of the token itself: not even the name of an algorithm that it made up. */
function reasonOf(cause: unknown): string {
  switch ((cause as { code?: unknown }).code) {
    case 'ERR_JWT_EXPIRED':
      return 'The access token has expired';
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return `The access token's claim "${String((cause as { claim?: unknown }).claim)}" is not what this API expects`;
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'The access token is signed with an algorithm that is not allowed';
    default:
      return 'The access token could not be verified';
  }
}
