import assert from 'node:assert/strict';
import test from 'node:test';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTVerifyGetKey, SignJWT } from 'jose';
import { Fault } from '#core/kit/fault.ts';
import type { TokenRules } from './accessToken.ts';
import { createAuthenticate } from './authenticate.ts';
import { ProblemError } from './problems.ts';

const ISSUER = 'https://issuer.example';
const LIFETIME_S = 3600;
const MINUTE_MS = 60_000;
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const keySet = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });

function setUp(rules: Partial<TokenRules> = {}) {
  const world = { now: Date.parse('2026-01-02T03:04:05Z'), verified: 0, keys: keySet as JWTVerifyGetKey };
  const authenticate = createAuthenticate({
    issuer: ISSUER,
    audience: 'florin',
    clients: null,
    merchants: new Map(),
    scopePrefix: '',
    ...rules,
    keys: (...token) => {
      world.verified += 1;
      return world.keys(...token);
    },
    now: () => world.now,
  });
  const sign = (changes: object = {}, typ: string | undefined = 'at+jwt') =>
    new SignJWT({
      iss: ISSUER,
      aud: 'florin',
      sub: 's',
      client_id: 'shop',
      merchant: 'mer_1',
      scope: 'payments:read',
      exp: world.now / 1000 + LIFETIME_S,
      ...changes,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'k', ...(typ === undefined ? {} : { typ }) })
      .sign(privateKey);
  const ask = async (token: string) => {
    try {
      const { scopes, ...caller } = await authenticate(`Bearer ${token}`, 'payments:read');
      return { ...caller, scopes: [...scopes] };
    } catch (refused) {
      assert.ok(refused instanceof ProblemError);
      return refused.code;
    }
  };
  return { world, sign, ask };
}

const GOOD = { subject: 's', client: 'shop', merchant: 'mer_1', scopes: ['payments:read'] };

test('a token is verified once, and again after five minutes: a key that was withdrawn by then is good for nothing', async () => {
  const { world, sign, ask } = setUp();
  const token = await sign();
  assert.deepEqual([await ask(token), await ask(token), world.verified], [GOOD, GOOD, 1]);
  world.keys = createLocalJWKSet({ keys: [] });
  world.now += 5 * MINUTE_MS - 1;
  assert.deepEqual([await ask(token), world.verified], [GOOD, 1]);
  world.now += 1;
  assert.deepEqual([await ask(token), world.verified], ['token_invalid', 2]);
});

test('a token that was verified is refused when it has expired', async () => {
  const { world, sign, ask } = setUp();
  const token = await sign({ exp: world.now / 1000 + 60 });
  assert.deepEqual(await ask(token), GOOD);
  // Clocks may differ by five seconds.
  world.now += MINUTE_MS + 5000;
  assert.equal(await ask(token), 'token_invalid');
});

test("when the issuer's keys can't be had, a token is neither good nor forged", async () => {
  const { world, sign, ask } = setUp();
  const known = await sign();
  assert.deepEqual(await ask(known), GOOD);
  world.keys = () => Promise.reject(new Fault('issuer_unavailable', 'down', { retryable: true }));
  assert.deepEqual([await ask(await sign({ sub: 'new' })), await ask(known)], ['issuer_unavailable', GOOD]);
});

test("Cognito's: no audience, a client that is listed, a merchant by the client, scopes with a prefix", async () => {
  const rules = {
    audience: null,
    clients: new Set(['shop', 'desk']),
    merchants: new Map([['shop', 'mer_shop']]),
    scopePrefix: 'florin/',
  };
  const { sign, ask } = setUp(rules);
  const claims = {
    aud: undefined,
    merchant: undefined,
    token_use: 'access',
    scope: 'florin/payments:read other/x payments:write',
  };
  const signed = async (changes: object) => await ask(await sign({ ...claims, ...changes }, 'JWT'));
  assert.deepEqual(await signed({}), { ...GOOD, merchant: 'mer_shop' });
  assert.deepEqual(await signed({ merchant: 'mer_shop' }), { ...GOOD, merchant: 'mer_shop' });
  assert.equal(await signed({ merchant: 'mer_other' }), 'token_invalid', 'the two disagree');
  assert.equal(await signed({ client_id: 'stranger' }), 'token_invalid');
  assert.equal(await signed({ client_id: 'desk' }), 'token_invalid', 'no merchant');
  assert.equal(await signed({ aud: 'another-api' }), 'token_invalid', 'meant for another');
  assert.equal(await signed({ token_use: 'id' }), 'token_invalid');
  assert.equal(await signed({ scope: 'payments:read' }), 'scope_insufficient', 'not a scope of ours');
});

test('audience and clients: both must be right, where the token has them', async () => {
  const { sign, ask } = setUp({ clients: new Set(['shop']) });
  const signed = async (changes: object) => await ask(await sign(changes));
  assert.deepEqual([await signed({}), await signed({ aud: undefined })], [GOOD, GOOD]);
  assert.equal(await signed({ client_id: 'stranger' }), 'token_invalid');
  assert.equal(await signed({ aud: 'another-api' }), 'token_invalid');
});
