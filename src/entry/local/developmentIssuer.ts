import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { createLocalJWKSet, type JWK } from 'jose';
import { createTokenIssuer, type IssuerClient, type TokenIssuer } from '#adapters/local/oidc/tokenIssuer.ts';
import { ProblemError } from '#api/problems.ts';
import type { Log } from '#core/kit/log.ts';
import type { PrivateKey } from './privateFiles.ts';
import { TOKEN_LIFETIME_S } from './tokenKeys.ts';

export type DevelopmentIssuerOptions = {
  /** `<origin>/oauth` */
  issuer: string;
  audience: string;
  /** The first signs. */
  keys: readonly PrivateKey[];
  clients: readonly IssuerClient[];
  log: Log;
};

const MOUNTED_AT = '/oauth';
const BODY_BYTES_MAX = 64 * 1024;

/** The platform as its own issuer of tokens, for clients on one's own machine. */
export function createDevelopmentIssuer({ log, ...options }: DevelopmentIssuerOptions) {
  const publicKeys = { keys: options.keys.map(publicPartOf) };
  let made: Promise<TokenIssuer> | null = null;

  async function handle(c: Context): Promise<Response> {
    if (Number(c.req.header('content-length') ?? 0) > BODY_BYTES_MAX)
      throw new ProblemError('body_too_large', { detail: `The body may have ${BODY_BYTES_MAX} bytes` });
    made ??= createTokenIssuer({
      ...options,
      tokenLifetimeS: TOKEN_LIFETIME_S,
      onFailed: (fault) => log.error('the token issuer failed', { fault }),
    });
    const issue = await made;
    const { incoming } = c.env as HttpBindings;
    const request: IncomingMessage & { originalUrl?: string } = incoming;
    request.originalUrl = incoming.url ?? '';
    request.url = request.originalUrl.slice(MOUNTED_AT.length);
    return await issue(request);
  }

  /** What client credentials need; the rest that the library can do is not reachable. */
  function mount(app: Hono, takeToken: (c: Context) => void): void {
    app.get(`${MOUNTED_AT}/.well-known/openid-configuration`, handle);
    app.get(`${MOUNTED_AT}/.well-known/oauth-authorization-server`, handle);
    app.get(`${MOUNTED_AT}/jwks`, handle);
    app.post(`${MOUNTED_AT}/token`, (c) => {
      takeToken(c);
      return handle(c);
    });
    app.get('/.well-known/jwks.json', (c) => c.json(publicKeys));
  }

  return { mount, keys: createLocalJWKSet(publicKeys) };
}

function publicPartOf({ kty, crv, x, y, kid, alg }: PrivateKey): JWK {
  return { kty, crv, x, y, kid, alg, use: 'sig' } as JWK;
}
