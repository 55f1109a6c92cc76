import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';

export type IssuerKey = { alg: string; kid: string; privateKey: CryptoKey; publicKey: CryptoKey; jwk: JWK };
export type FakeIssuer = Awaited<ReturnType<typeof startFakeIssuer>>;

export const AUDIENCE = 'florin-api';
const LIFETIME_S = 600;

export async function makeKey(alg: string, kid = `key-${alg}`): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), alg, kid, use: 'sig' } };
}

/** A key that doesn't say what it is for, as some issuers publish them: it would do for every algorithm of RSA. */
async function makeOpenKey(kid: string): Promise<IssuerKey> {
  const {
    jwk: { alg: _, ...jwk },
    ...key
  } = await makeKey('RS256', kid);
  return { ...key, jwk };
}

/** An issuer elsewhere, with a key of each kind that is taken: its metadata, its key set, and tokens that say whatever a test wants. */
export async function startFakeIssuer() {
  const keys = {
    RS256: await makeKey('RS256'),
    ES256: await makeKey('ES256'),
    EdDSA: await makeKey('EdDSA'),
    RSA: await makeOpenKey('key-RSA'),
  };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const shown = request.url?.endsWith('/keys')
      ? { keys: Object.values(keys).map(({ jwk }) => jwk) }
      : { issuer: url, jwks_uri: `${url}/keys`, token_endpoint: `${url}/token` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(shown));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;

  /** All that a good access token says, but for what is changed; `undefined` leaves a claim out. */
  function claims(changes: object = {}): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000);
    const good = {
      iss: url,
      aud: AUDIENCE,
      sub: 'shop',
      client_id: 'shop',
      merchant: 'mer_1',
      scope: 'payments:read',
      iat: now,
      exp: now + LIFETIME_S,
    };
    return { ...good, ...changes };
  }

  function sign(
    changes: object = {},
    { key = keys.ES256, header = {} }: { key?: Pick<IssuerKey, 'alg' | 'kid' | 'privateKey'>; header?: object } = {},
  ): Promise<string> {
    const all: JWTHeaderParameters = { alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header };
    return new SignJWT(claims(changes)).setProtectedHeader(all).sign(key.privateKey, { crit: { florin: true } });
  }

  return { url, keys, asked, claims, sign, stop: () => new Promise((resolve) => server.close(resolve)) };
}
