import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { ProblemError } from './problems.ts';

export type AuthenticateOptions = {
  issuer: string;
  audience: string;
  /** Finds the issuer's public key for a token's header. */
  keys: JWTVerifyGetKey;
  /** Milliseconds since the epoch. */
  now: () => number;
};

/** Who calls, as the issuer says. */
export type Caller = { subject: string; merchant: string; scopes: ReadonlySet<string> };

/** Asymmetric signatures only: a token signed with a public key as if it were a shared secret can't pass. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/** A verified token is not verified again until it expires: a signature costs more than the whole rest of a request. */
const CACHED_TOKENS_MAX = 10_000;
const CLOCK_TOLERANCE_S = 5;
const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

export function createAuthenticate({ issuer, audience, keys, now }: AuthenticateOptions) {
  const verified = new Map<string, { caller: Caller; expiresAt: number }>();

  /** Throws a ProblemError: 401 for a token that isn't good, 403 for one without the scope. */
  return async function authenticate(authorization: string | undefined, scope: string): Promise<Caller> {
    if (authorization === undefined) throw new ProblemError('token_missing');
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined)
      throw new ProblemError('token_invalid', { detail: 'The Authorization header is not "Bearer <token>"' });
    const known = verified.get(token);
    const caller = known !== undefined && known.expiresAt > now() ? known.caller : await verify(token);
    if (!caller.scopes.has(scope))
      throw new ProblemError('scope_insufficient', { detail: `This needs the scope ${scope}` });
    return caller;
  };

  async function verify(token: string): Promise<Caller> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(now()),
        requiredClaims: ['exp', 'merchant'],
      });
      const { merchant, scope, exp, sub } = payload;
      if (typeof merchant !== 'string' || merchant === '' || typeof scope !== 'string' || exp === undefined)
        throw new Error('the claims are incomplete');
      const caller = { subject: sub ?? merchant, merchant, scopes: new Set(scope.split(' ')) };
      remember(token, { caller, expiresAt: exp * 1000 });
      return caller;
    } catch (cause) {
      throw new ProblemError('token_invalid', { detail: reasonOf(cause) });
    }
  }

  function remember(token: string, entry: { caller: Caller; expiresAt: number }): void {
    const oldest = verified.keys().next();
    if (verified.size >= CACHED_TOKENS_MAX && !oldest.done) verified.delete(oldest.value);
    verified.set(token, entry);
  }
}

export type Authenticate = ReturnType<typeof createAuthenticate>;

/** Why, without a word of the token itself. */
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
