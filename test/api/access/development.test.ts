import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { createSystemRandom } from '#adapters/system/clock.ts';
import { createJsonLog } from '#adapters/system/log.ts';
import type { Config } from '#entry/local/config.ts';
import type { DevelopmentClients } from '#entry/local/developmentClients.ts';
import { startLocalServer } from '#entry/local/server.ts';
import { rotateTokenKeys } from '#entry/local/tokenKeys.ts';
import { welcome } from '#entry/local/welcome.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { freePort } from '../../support/ports.ts';
import { tokenOf, until, type Wire } from '../harness.ts';
import { startFakeIssuer } from './fakeIssuer.ts';

/** The platform as its own issuer, over restarts; and that none of it is there for others. */

const ROLES = ['merchant', 'otherMerchant', 'operator', 'reader'] as const;
const FILES = ['dev-client.json', 'dev-client-2.json', 'dev-operator.json', 'dev-operator-reading.json'];

async function start(config: Partial<Config> & { folder: string }, logged: string[] = []) {
  return await startLocalServer({
    config: { host: '127.0.0.1', port: 0, simulator: null, ...config },
    log: createJsonLog((line) => logged.push(line)),
    onFailed: (fault) => {
      throw fault;
    },
  });
}

/** The same port each time: the issuer is named after it. */
async function startOften(t: TestContext) {
  const [folder, port] = [temporaryFolder(), await freePort()];
  let server = await start({ folder, port });
  t.after(() => server.stop());
  const status = async (token: string) =>
    (await fetch(`${server.url}/v1/payments`, { headers: { authorization: `Bearer ${token}` } })).status;
  return {
    folder,
    status,
    clients: () => server.clients as DevelopmentClients,
    token: () => tokenOf((server.clients as DevelopmentClients).merchant),
    keys: async () => ((await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as Wire).keys,
    restart: async () => {
      await server.stop();
      server = await start({ folder, port });
      // A connection to the one that stopped may still be taken for open.
      await until(() =>
        fetch(`${server.url}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      );
    },
  };
}

test('a token passes over a restart, and over a rotation of the keys; not over a withdrawal', async (t) => {
  const { folder, status, token, keys, restart } = await startOften(t);
  const options = { random: createSystemRandom(), now: Date.now() };
  const first = await token();
  await restart();
  assert.equal(await status(first), 200);

  await rotateTokenKeys(folder, { ...options, withdraw: false });
  assert.equal(await status(first), 200);
  await restart();
  const second = await token();
  assert.notEqual(decodeProtectedHeader(second).kid, decodeProtectedHeader(first).kid);
  assert.deepEqual([await status(first), await status(second), (await keys()).length], [200, 200, 2]);

  await rotateTokenKeys(folder, { ...options, withdraw: true });
  await restart();
  assert.deepEqual([await status(first), await status(second), (await keys()).length], [401, 401, 1]);
  assert.equal(await status(await token()), 200);
});

test('the clients stay, in files for this user only; the one of an earlier version goes on as it was', async (t) => {
  const { folder, clients, restart, token, status } = await startOften(t);
  const before = clients();
  for (const name of [...FILES, 'token-keys.json', 'secrets.json'])
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  await restart();
  for (const role of ROLES) assert.deepEqual(clients()[role], before[role]);
  const earlier = {
    client_id: 'dev_earlier',
    client_secret: 'x'.repeat(43),
    token_url: before.merchant.token_url,
    merchant: 'mer_own',
  };
  writeFileSync(join(folder, 'dev-client.json'), JSON.stringify(earlier));
  await restart();
  assert.equal(await status(await token()), 200);
  const { path: _, scopes: __, ...kept } = clients().merchant;
  assert.deepEqual(kept, earlier);
});

test('secrets stand in no log and not in what the start prints', async (t) => {
  const logged: string[] = [];
  const folder = temporaryFolder();
  const server = await start({ folder }, logged);
  t.after(server.stop);
  const clients = server.clients as DevelopmentClients;
  const printed = welcome({ ...server, folder });
  for (const role of ROLES) {
    const token = await tokenOf(clients[role]);
    await tokenOf({ ...clients[role], client_secret: `${clients[role].client_secret}x` });
    for (const secret of [clients[role].client_secret, token])
      assert.equal((printed + logged.join('')).includes(secret), false, role);
  }
  for (const name of FILES) assert.ok(printed.includes(name), name);
});

test('the token endpoint leads nowhere else: what client credentials do not need is not there', async (t) => {
  const server = await start({ folder: temporaryFolder() });
  t.after(server.stop);
  for (const path of [
    '/oauth/auth',
    '/oauth/request',
    '/oauth/me',
    '/oauth/reg',
    '/oauth/session/end',
    '/oauth/',
    '/oauth/token/revocation',
  ])
    for (const method of ['GET', 'POST'])
      assert.equal((await fetch(`${server.url}${path}`, { method })).status, 404, `${method} ${path}`);
});

test('what the token endpoint answers has the headers of every other answer', async (t) => {
  const server = await start({ folder: temporaryFolder() });
  t.after(server.stop);
  const { headers } = await fetch(`${server.url}/oauth/token`, { method: 'POST', body: new URLSearchParams() });
  for (const name of ['x-content-type-options', 'content-security-policy', 'ratelimit'])
    assert.ok(headers.has(name), name);
  assert.equal(headers.get('cache-control'), 'no-store');
});

test('beyond this machine there are no development clients', async () => {
  for (const config of [
    { host: '0.0.0.0' },
    { host: '::' },
    { host: '10.0.0.1' },
    { publicUrl: 'https://pay.example' },
  ]) {
    const folder = temporaryFolder();
    const startAndStop = async () => await (await start({ folder, ...config })).stop();
    await assert.rejects(startAndStop, {
      code: 'config_invalid',
      message:
        /^FLORIN_(HOST|PUBLIC_URL) is ".*", and the development clients are for this machine only\. Set FLORIN_ISSUER/,
    });
    assert.deepEqual(readdirSync(folder), [], 'nothing was written');
  }
});

test('an issuer elsewhere has callers elsewhere: also on the loopback, behind a proxy that nobody told of', async (t) => {
  const rules = { audience: 'florin-api', clients: null, merchants: new Map<string, string>(), scopePrefix: '' };
  const issuer = { issuer: 'https://login.example/pool', jwksUrl: null, ...rules };
  const port = await freePort();
  const server = await start({ folder: temporaryFolder(), port, issuer });
  t.after(server.stop);
  assert.deepEqual(
    server.routes.map(({ path }) => path).filter((path) => path.startsWith('/simulator')),
    [],
  );
  assert.equal((await fetch(`${server.url}/metrics`)).status, 401);
});

test('with an issuer elsewhere neither they are there nor the ways to the simulator', async (t) => {
  const issuer = await startFakeIssuer();
  t.after(issuer.stop);
  const folder = temporaryFolder();
  const rules = { audience: 'florin-api', clients: null, merchants: new Map<string, string>(), scopePrefix: '' };
  const port = await freePort();
  const server = await start({
    folder,
    port,
    publicUrl: 'https://pay.example',
    issuer: { issuer: issuer.url, jwksUrl: null, ...rules },
  });
  t.after(server.stop);
  assert.deepEqual([server.clients, server.url], [null, 'https://pay.example']);
  const metrics = async (headers: Record<string, string>) =>
    (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status;
  const bearer = async (claims: object) => ({ authorization: `Bearer ${await issuer.sign(claims)}` });
  assert.deepEqual(
    [await metrics({}), await metrics(await bearer({})), await metrics(await bearer({ scope: 'operations:read' }))],
    [401, 403, 200],
  );
  const described = (await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json()) as { components: object };
  assert.match(JSON.stringify(described.components), new RegExp(`"openIdConnectUrl":"${issuer.url}`));
  assert.deepEqual(
    server.routes.map(({ path }) => path).filter((path) => /simulator|oauth|\.well-known/.test(path)),
    [],
  );
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('dev-') || name.startsWith('token-')),
    [],
  );
  // What the simulator approves is no money: a merchant without an account of its own can't pay.
  const paid = await fetch(`http://127.0.0.1:${port}/v1/payments`, {
    method: 'POST',
    headers: {
      ...(await bearer({ scope: 'payments:write' })),
      'idempotency-key': 'one',
      'content-type': 'application/json',
    },
    body: '{"amount":100,"currency":"EUR","payment_method":{"type":"card","token":"tok_approved"}}',
  });
  assert.deepEqual([paid.status, ((await paid.json()) as { code: string }).code], [422, 'no_provider_account']);
  assert.match(welcome({ ...server, folder }), /https:\/\/pay\.example[\s\S]*FLORIN_ISSUER/);
  assert.equal(readFileSync(join(folder, 'secrets.json'), 'utf8').includes('token_signing_key'), false);
});
