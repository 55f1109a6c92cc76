import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';
import { createTokenIssuer } from './tokenIssuer.ts';

const SECRET = 's3cret-s3cret-s3cret';
const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const said: unknown[] = [];
for (const channel of ['info', 'warn', 'error'] as const)
  console[channel] = (...words: unknown[]) => void said.push(words);

const server = createServer((request: IncomingMessage & { originalUrl?: string }, response) => {
  request.originalUrl = request.url ?? '';
  request.url = request.originalUrl.slice('/oauth'.length);
  void issuer(request).then(async (answer) => {
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth`;
const issuer = await createTokenIssuer({
  issuer: url,
  audience: 'florin',
  keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'key-1' }],
  clients: [
    { id: 'shop', secret: SECRET, merchant: 'mer_1', scopes: ['payments:read', 'payments:write'] },
    { id: 'desk', secret: SECRET, merchant: null, scopes: ['operations:read'] },
  ],
  tokenLifetimeS: 60,
  onFailed: (fault) => {
    throw fault;
  },
});

// why: the wire has no static type, and each test says what it expects of it.
type Answer = { status: number; headers: Headers; body: any };

async function ask(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams(fields), headers });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

const GRANT = { grant_type: 'client_credentials' };
const SHOP = { ...GRANT, client_id: 'shop', client_secret: SECRET };
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

test('an access token as RFC 9068 has it, with the merchant, for a minute', async () => {
  const { status, headers, body } = await ask(SHOP);
  const { access_token: token, ...others } = body;
  assert.deepEqual([status, headers.get('cache-control')], [200, 'no-store']);
  assert.deepEqual(others, { token_type: 'Bearer', expires_in: 60, scope: 'payments:read payments:write' });
  assert.deepEqual(decodeProtectedHeader(token), { alg: 'ES256', typ: 'at+jwt', kid: 'key-1' });
  const { jti, iat = 0, exp, ...claims } = decodeJwt(token);
  assert.deepEqual(claims, {
    iss: url,
    aud: 'florin',
    sub: 'shop',
    client_id: 'shop',
    merchant: 'mer_1',
    scope: 'payments:read payments:write',
  });
  assert.deepEqual([typeof jti, exp], ['string', iat + 60]);
});

test("without a scope a client gets all its own; with one only that; another's is refused, as is one that nobody has", async () => {
  assert.equal((await ask({ ...SHOP, scope: '' })).body.scope, 'payments:read payments:write');
  assert.equal((await ask({ ...SHOP, scope: 'payments:read' })).body.scope, 'payments:read');
  for (const scope of ['operations:read', 'payments:read operations:read', 'everything', 'openid']) {
    const { status, body } = await ask({ ...SHOP, scope });
    assert.deepEqual([status, body.error], [400, 'invalid_scope'], scope);
  }
});

test('an operator has no merchant', async () => {
  const { body } = await ask(GRANT, basic('desk', SECRET));
  const claims = decodeJwt(body.access_token);
  assert.deepEqual([claims['merchant'], claims['scope']], [undefined, 'operations:read']);
});

test('the secret in the header or in the body, and not in both', async () => {
  assert.equal((await ask(GRANT, basic('shop', SECRET))).status, 200);
  assert.equal((await ask(SHOP)).status, 200);
  assert.deepEqual((await ask(SHOP, basic('shop', SECRET))).body.error, 'invalid_request');
});

test('the errors of RFC 6749, 5.2', async () => {
  const refusals: readonly [Record<string, string>, number, string][] = [
    [{ ...SHOP, client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ ...SHOP, client_id: 'nobody' }, 401, 'invalid_client'],
    [{ ...GRANT, client_id: 'shop' }, 401, 'invalid_client'],
    [GRANT, 400, 'invalid_request'],
    [{ ...SHOP, grant_type: '' }, 400, 'invalid_request'],
    [{ ...SHOP, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ ...SHOP, grant_type: 'authorization_code' }, 400, 'unsupported_grant_type'],
    [{ ...SHOP, resource: 'urn:elsewhere' }, 400, 'invalid_target'],
  ];
  for (const [fields, status, error] of refusals) {
    const answer = await ask(fields);
    assert.deepEqual([answer.status, answer.body.error], [status, error]);
    assert.doesNotMatch(JSON.stringify(answer.body), new RegExp(SECRET));
  }
  const tried = await ask(GRANT, basic('shop', 'wrong'));
  assert.equal(tried.status, 401);
  assert.match(tried.headers.get('www-authenticate') ?? '', /^Basic realm=.*invalid_client/);
  const [unknown, wrong] = [await ask({ ...SHOP, client_id: 'nobody' }), await ask({ ...SHOP, client_secret: 'x' })];
  assert.deepEqual(unknown.body, wrong.body, 'whether a client exists is not told');
});

test('the metadata lead to the keys and the token endpoint', async () => {
  for (const name of ['openid-configuration', 'oauth-authorization-server']) {
    const metadata = (await (await fetch(`${url}/.well-known/${name}`)).json()) as Answer['body'];
    assert.deepEqual(
      [metadata.issuer, metadata.token_endpoint, metadata.jwks_uri, metadata.grant_types_supported],
      [url, `${url}/token`, `${url}/jwks`, ['client_credentials']],
    );
    assert.deepEqual(metadata.token_endpoint_auth_methods_supported, ['client_secret_basic', 'client_secret_post']);
  }
  const { keys } = (await (await fetch(`${url}/jwks`)).json()) as Answer['body'];
  assert.deepEqual([keys.length, keys[0].kid, keys[0].use, 'd' in keys[0]], [1, 'key-1', 'sig', false]);
});

test('a page of another origin reads nothing; one that asks for HTML gets JSON', async () => {
  for (const fields of [SHOP, { ...SHOP, client_secret: 'wrong' }]) {
    const { headers } = await ask(fields, { origin: 'https://elsewhere.example', accept: 'text/html' });
    assert.deepEqual(
      [...headers.keys()].filter((name) => name.startsWith('access-control-')),
      [],
    );
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
  }
});

test('the library has said nothing on the console', () => {
  assert.deepEqual(said, []);
});
