import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { createJsonLog } from '#adapters/system/log.ts';
import { startLocalServer } from '#entry/local/server.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { AUDIENCE, type FakeIssuer, startFakeIssuer } from './fakeIssuer.ts';
import { FORGERIES } from './forgeries.ts';

/** The platform with an issuer elsewhere; its signing keys are here, so that a test can be as good a forger as there is. */

let issuer: FakeIssuer;
let server: Awaited<ReturnType<typeof startLocalServer>>;
const logged: string[] = [];
before(async () => {
  issuer = await startFakeIssuer();
  const rules = { audience: AUDIENCE, clients: null, merchants: new Map<string, string>(), scopePrefix: '' };
  server = await startLocalServer({
    config: {
      folder: temporaryFolder(),
      host: '127.0.0.1',
      port: 0,
      simulator: null,
      issuer: { issuer: issuer.url, jwksUrl: null, ...rules },
    },
    log: createJsonLog((line) => logged.push(line)),
    onFailed: (fault) => {
      throw fault;
    },
  });
});
after(async () => {
  await server.stop();
  await issuer.stop();
});

const ask = async (authorization: string) => {
  const answer = await fetch(`${server.url}/v1/payments`, { headers: { authorization } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

/** Long enough that it can't be there by chance. */
const WORD_CHARACTERS = 12;
const wordsOf = (token: string) => token.split('.').filter((part) => part.length >= WORD_CHARACTERS);

describe('token forgery of every known kind: 401, and not a word of it told', () => {
  for (const { name, make } of FORGERIES)
    test(name, async () => {
      const token = await make(issuer);
      for (const attempt of ['first', 'again']) {
        const { status, headers, text } = await ask(`Bearer ${token}`);
        assert.deepEqual(
          [status, (JSON.parse(text) as { code: string }).code, headers.get('www-authenticate')],
          [401, 'token_invalid', 'Bearer error="invalid_token"'],
          attempt,
        );
        assert.deepEqual(
          wordsOf(token).filter((word) => text.includes(word) || logged.join('').includes(word)),
          [],
        );
      }
    });
});

describe('what is no forgery is let in', () => {
  const good: readonly [string, () => Promise<string>][] = [
    ['RS256', () => issuer.sign({}, { key: issuer.keys.RS256 })],
    ['RS256, by a key that does not say so', () => issuer.sign({}, { key: issuer.keys.RSA })],
    ['ES256', () => issuer.sign({}, { key: issuer.keys.ES256 })],
    ['EdDSA', () => issuer.sign({}, { key: issuer.keys.EdDSA })],
    ['application/at+jwt, in any case', () => issuer.sign({}, { header: { typ: 'Application/AT+JWT' } })],
    ["Cognito's access token", () => issuer.sign({ token_use: 'access' }, { header: { typ: undefined } })],
    [
      "Keycloak's access token",
      () => issuer.sign({ typ: 'Bearer', azp: 'shop', client_id: undefined }, { header: { typ: 'JWT' } }),
    ],
    ['one of several audiences', () => issuer.sign({ aud: ['account', AUDIENCE] })],
    ['scopes of others beside ours', () => issuer.sign({ scope: 'email payments:read offline_access' })],
    ['an operator without a merchant', () => issuer.sign({ merchant: undefined, scope: 'openid operations:read' })],
    ['a clock that is three seconds off', () => issuer.sign({ nbf: Math.floor(Date.now() / 1000) + 3 })],
    ['a second signature over the same claims (ES256: n - s)', async () => invertS(await issuer.sign())],
  ];
  for (const [name, make] of good)
    test(name, async () => {
      const { status, text } = await ask(`Bearer ${await make()}`);
      assert.equal(status, 200, text);
    });
});

test('a token is taken from the Authorization header alone, and once', async () => {
  const token = await issuer.sign();
  const inQuery = await fetch(`${server.url}/v1/payments?access_token=${token}`);
  assert.deepEqual([inQuery.status, inQuery.headers.get('www-authenticate')], [401, 'Bearer']);
  for (const authorization of [`Bearer ${token} ${token}`, `Bearer ${token}, Bearer ${token}`, token, `DPoP ${token}`])
    assert.equal((await ask(authorization)).status, 401, authorization.slice(0, WORD_CHARACTERS));
  assert.equal((await ask(`bearer ${token}`)).status, 200);
});

test('nothing that a token brought was asked for: only the metadata and the keys, and those not for each forgery', () => {
  assert.deepEqual([...new Set(issuer.asked)].sort(), ['/pool/.well-known/openid-configuration', '/pool/keys']);
  assert.ok(issuer.asked.length <= 3, `asked ${issuer.asked.length} times`);
});

/** (r, n - s) is as valid as (r, s), by anybody who has one of them: the claims are the same, and no answer depends on which. */
function invertS(token: string): string {
  const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const cut = token.lastIndexOf('.') + 1;
  const signature = Buffer.from(token.slice(cut), 'base64url');
  const s = ORDER - BigInt(`0x${signature.subarray(32).toString('hex')}`);
  const other = Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return token.slice(0, cut) + other.toString('base64url');
}
