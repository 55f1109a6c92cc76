import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { createLocalJWKSet, importJWK, type JWK, SignJWT } from 'jose';
import { readBytes } from '#api/body.ts';
import type { DevClient } from './keyRing.ts';

export type DevelopmentIssuerOptions = {
  signingKey: JWK & { kid: string };
  issuer: string;
  audience: string;
  client: DevClient;
};

const TOKEN_LIFETIME_S = 3600;
/** What a token has when none is asked for. The operator's scopes must be asked for by name. */
const SCOPES_DEFAULT = ['payments:read', 'payments:write', 'refunds:write', 'ledger:read'];
const SCOPES = [...SCOPES_DEFAULT, 'operations:read', 'operations:write'];

/** OAuth 2.0 client credentials (RFC 6749, 4.4) for one client on one's own machine. */
export async function createDevelopmentIssuer({ signingKey, issuer, audience, client }: DevelopmentIssuerOptions) {
  const { d: _, ...publicKey } = signingKey;
  const key = await importJWK(signingKey, 'ES256');
  const app = new Hono();

  app.get('/.well-known/jwks.json', (c) => c.json({ keys: [{ ...publicKey, use: 'sig' }] }));

  app.post('/oauth/token', async (c) => {
    const form = new URLSearchParams(Buffer.from(await readBytes(c)).toString('utf8'));
    const [id, secret] = readCredentials(c.req.header('authorization'), form);
    c.header('cache-control', 'no-store');
    if (!isSame(id, client.client_id) || !isSame(secret, client.client_secret)) {
      c.header('www-authenticate', 'Basic realm="florin"');
      return c.json({ error: 'invalid_client', error_description: 'The client id or secret is wrong' }, 401);
    }
    if (form.get('grant_type') !== 'client_credentials') {
      return c.json({ error: 'unsupported_grant_type', error_description: 'Use grant_type=client_credentials' }, 400);
    }
    const asked = form.get('scope')?.split(' ') ?? SCOPES_DEFAULT;
    if (!asked.every((scope) => SCOPES.includes(scope)))
      return c.json({ error: 'invalid_scope', error_description: `Known scopes: ${SCOPES.join(' ')}` }, 400);
    return c.json({
      access_token: await sign(asked.join(' ')),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_S,
      scope: asked.join(' '),
    });
  });

  async function sign(scope: string): Promise<string> {
    return await new SignJWT({ merchant: client.merchant, scope, client_id: client.client_id })
      .setProtectedHeader({ alg: 'ES256', kid: signingKey.kid, typ: 'at+jwt' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(client.client_id)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFETIME_S} s`)
      .sign(key);
  }

  return { app, keys: createLocalJWKSet({ keys: [publicKey] }) };
}

/** client_secret_basic or client_secret_post (RFC 6749, 2.3.1). */
function readCredentials(authorization: string | undefined, form: URLSearchParams): readonly [string, string] {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return [id, secret.join(':')];
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
