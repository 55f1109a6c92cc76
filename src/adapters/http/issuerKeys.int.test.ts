import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { isFault } from '#core/kit/fault.ts';
import { createIssuerKeys, type IssuerTimes, isLoopback, isTrusted } from './issuerKeys.ts';

type Answer = { status: number; body: unknown };

const METADATA = '/.well-known/openid-configuration';

async function makeKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const sign = () => new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  return { sign, jwk: { ...(await exportJWK(publicKey)), alg: 'ES256', kid } as JWK };
}

async function setUp(
  t: TestContext,
  { times = {}, jwksUrl = false }: { times?: Partial<IssuerTimes>; jwksUrl?: boolean } = {},
) {
  const world = {
    keys: [] as JWK[],
    asked: [] as string[],
    monotonic: 0,
    answer: null as Answer | null,
    /** In place of its own. */
    metadata: null as object | null,
    silent: false,
  };
  const server: Server = createServer((request, response) => {
    world.asked.push(request.url ?? '');
    if (world.silent) return;
    const metadata = world.metadata ?? { issuer: url, jwks_uri: `${url}/keys` };
    const usual = request.url === METADATA ? metadata : { keys: world.keys };
    const { status, body } = world.answer ?? { status: 200, body: usual };
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const failures: string[] = [];
  const getKey = createIssuerKeys({
    issuer: url,
    jwksUrl: jwksUrl ? `${url}/keys` : null,
    clock: { now: Date.now, monotonic: () => world.monotonic },
    onFailed: ({ message }) => failures.push(message),
    times: { freshMs: 60_000, unknownKeyMs: 0, failedMs: 1000, ...times },
  });
  /** Good, forged, or nobody knows. */
  async function check(token: string): Promise<'good' | 'forged' | 'unavailable'> {
    try {
      await jwtVerify(token, getKey);
      return 'good';
    } catch (cause) {
      return isFault(cause) && cause.code === 'issuer_unavailable' ? 'unavailable' : 'forged';
    }
  }
  return { world, check, url, failures };
}

test('the metadata lead to the keys; both are read once for many tokens at a time', async (t) => {
  const { world, check } = await setUp(t);
  const key = await makeKey('a');
  world.keys = [key.jwk];
  const tokens = await Promise.all([key.sign(), key.sign(), key.sign()]);
  assert.deepEqual(await Promise.all(tokens.map(check)), ['good', 'good', 'good']);
  assert.equal(await check(await key.sign()), 'good');
  assert.deepEqual(world.asked, [METADATA, '/keys']);
});

test('with an address of the keys the metadata are not asked for', async (t) => {
  const { world, check } = await setUp(t, { jwksUrl: true });
  const key = await makeKey('a');
  world.keys = [key.jwk];
  assert.equal(await check(await key.sign()), 'good');
  assert.deepEqual(world.asked, ['/keys']);
});

test('a key that is new is found at once; one that nobody knows is looked for once in a while only', async (t) => {
  const { world, check } = await setUp(t, { times: { unknownKeyMs: 200 } });
  const [first, second, stranger] = [await makeKey('a'), await makeKey('b'), await makeKey('c')];
  world.keys = [first.jwk];
  assert.equal(await check(await first.sign()), 'good');
  await sleep(210);
  world.keys = [first.jwk, second.jwk];
  assert.deepEqual([await check(await second.sign()), await check(await first.sign())], ['good', 'good']);
  const before = world.asked.length;
  for (let n = 0; n < 20; n += 1) assert.equal(await check(await stranger.sign()), 'forged');
  assert.equal(world.asked.length, before);
});

test('a key that was withdrawn is good until the keys are read again', async (t) => {
  const { world, check } = await setUp(t, { times: { freshMs: 100 } });
  const key = await makeKey('a');
  world.keys = [key.jwk];
  assert.equal(await check(await key.sign()), 'good');
  world.keys = [];
  assert.equal(await check(await key.sign()), 'good');
  await sleep(110);
  assert.equal(await check(await key.sign()), 'forged');
});

for (const [name, answer] of [
  ['says that it is broken', { status: 500, body: 'x' }],
  ['sends somewhere else', { status: 302, body: '' }],
  ['answers in HTML', { status: 200, body: '<html>' }],
  ['answers something else', { status: 200, body: { keys: 'x' } }],
  ['answers without end', { status: 200, body: `{"keys":[],"x":"${'x'.repeat(300_000)}"}` }],
] as const)
  test(`an issuer that ${name}: the last keys go on for the stated time, then nobody knows; it is not asked for each token`, async (t) => {
    const { world, check } = await setUp(t, { times: { freshMs: 0, staleMs: 10_000 } });
    const [key, stranger] = [await makeKey('a'), await makeKey('b')];
    world.keys = [key.jwk];
    assert.equal(await check(await key.sign()), 'good');
    world.answer = answer;
    const before = world.asked.length;
    assert.deepEqual([await check(await key.sign()), await check(await stranger.sign())], ['good', 'unavailable']);
    assert.equal(world.asked.length, before + 1);
    world.monotonic += 10_000;
    assert.equal(await check(await key.sign()), 'good');
    world.monotonic += 1;
    assert.equal(await check(await key.sign()), 'unavailable');
    world.answer = null;
    world.monotonic += 1000;
    assert.deepEqual([await check(await key.sign()), await check(await stranger.sign())], ['good', 'forged']);
  });

test('an issuer that is down from the beginning: nobody knows, until it is up', async (t) => {
  const { world, check, failures } = await setUp(t, { times: { answerMs: 100 } });
  const key = await makeKey('a');
  world.keys = [key.jwk];
  world.silent = true;
  assert.equal(await check(await key.sign()), 'unavailable');
  assert.equal(await check(await key.sign()), 'unavailable');
  assert.deepEqual(world.asked, [METADATA]);
  assert.match(failures.join(), /^the token issuer: it did not answer[^,]*$/);
  world.silent = false;
  world.monotonic += 1000;
  assert.equal(await check(await key.sign()), 'good');
});

test('metadata of another issuer, or with keys where anybody on the way could change them, are not believed', async (t) => {
  const { world, check, url } = await setUp(t);
  const key = await makeKey('a');
  world.keys = [key.jwk];
  for (const body of [
    { issuer: 'https://elsewhere.example', jwks_uri: `${url}/keys` },
    { issuer: `${url}/`, jwks_uri: `${url}/keys` },
    // Would be answered: it is this machine, by an address that doesn't say so.
    { issuer: url, jwks_uri: `${url.replace('127.0.0.1', '0.0.0.0')}/keys` },
    { issuer: url, jwks_uri: 'file:///etc/passwd' },
    { issuer: url },
  ]) {
    world.metadata = body;
    world.monotonic += 1000;
    assert.equal(await check(await key.sign()), 'unavailable', JSON.stringify(body));
  }
});

test('what can be trusted: https, or this machine', () => {
  for (const url of ['https://a.example', 'http://127.0.0.1:1/x', 'http://[::1]/', 'http://localhost:8080'])
    assert.equal(isTrusted(url), true, url);
  for (const url of [
    'http://a.example',
    'http://127.0.0.1.a.example',
    'http://localhost.a.example',
    'ftp://127.0.0.1',
    'x',
    '',
  ])
    assert.equal(isTrusted(url), false, url);
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost', 'LOCALHOST'])
    assert.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '1127.0.0.1', 'example.org', ''])
    assert.equal(isLoopback(host), false, host);
});
