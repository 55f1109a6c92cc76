import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createSimulator } from '#simulator/simulator.ts';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startServer } from '../support/server.ts';

/** Accounts of a real process: rotated while it runs, kept over a kill, and nowhere in what it writes. */

const FIRST = 'api_key_of_the_first_days_0001';
const SECOND = 'api_key_of_the_later_days_0002';
const HOOKS = 'webhook_secret_of_this_test_03';
const KILLS = 5;

type Account = { id: string; status: string; credentials: { api_key: { last4: string } } };

test('rotated without a restart, kept over a kill, and in no file and no output', { timeout: 60_000 }, async () => {
  const provider = createSimulator({ file: ':memory:', accounts: [{ id: 'own', apiKey: SECOND }] });
  const baseUrl = await provider.listen(0);
  try {
    await using server = await startServer({ folder: temporaryFolder(), simulatorUrl: null });
    await using client = await createApiClient(server);
    const headers = { 'content-type': 'application/json' };
    const put = async (credentials: object) => {
      const body = JSON.stringify({ provider: 'simulator', credentials, base_url: baseUrl });
      return await client.call<Account>('PUT', '/v1/provider_accounts/own', { headers, body });
    };
    const made = await put({ api_key: FIRST, webhook_secret: HOOKS });
    assert.equal(made.status, 201);
    const pay = async (key: string) => (await client.pay({ key, amount: 1000, token: 'tok_approved' })).body.status;
    assert.equal(await pay('before'), 'requires_payment_method', 'the provider knows another key');
    assert.equal((await put({ api_key: SECOND })).status, 200);
    assert.equal(await pay('after'), 'succeeded');
    await server.kill();
    await server.restart();
    const kept = await client.call<Account>('GET', `/v1/provider_accounts/${made.body.id}`);
    assert.equal(kept.body.credentials.api_key.last4, '0002');
    assert.equal(await pay('restarted'), 'succeeded');
    const written = [server.child().output(), ...contentsOf(server.folder)];
    assert.ok(
      written.some((text) => text.includes('"name":"own"')),
      'the account itself is there to be found',
    );
    for (const secret of [FIRST, SECOND, HOOKS])
      for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const)
        assert.ok(!written.some((text) => text.includes(Buffer.from(secret).toString(encoding))), encoding);
  } finally {
    await provider.close();
  }
});

test('killed while an account is put: it is as before or as it was to be, and can be put again', {
  timeout: 60_000,
}, async () => {
  await using server = await startServer({ folder: temporaryFolder(), simulatorUrl: null });
  for (let kill = 0; kill < KILLS; kill += 1) {
    await using client = await createApiClient(server);
    const headers = { 'content-type': 'application/json' };
    const put = (name: string) => {
      const credentials = { api_key: FIRST, webhook_secret: HOOKS };
      const body = JSON.stringify({ provider: 'simulator', credentials, enabled: false });
      return client.call<Account>('PUT', `/v1/provider_accounts/${name}`, { headers, body });
    };
    const names = Array.from({ length: 10 }, (_, index) => `a${kill}_${index}`);
    const first = names.map((name) =>
      put(name).then(
        ({ status }) => status,
        () => null,
      ),
    );
    await first[kill];
    await server.kill();
    const answers = await Promise.all(first);
    await server.restart();
    await using after = await createApiClient(server);
    for (const [index, name] of names.entries()) {
      const { status } = await after.call<Account>('GET', `/v1/provider_accounts/${name}`);
      if (answers[index] === 201) assert.equal(status, 200, 'what was answered is there');
      else assert.ok(status === 200 || status === 404);
    }
    const again = await after.call<Account>('PUT', `/v1/provider_accounts/${names.at(-1)}`, {
      headers,
      body: JSON.stringify({
        provider: 'simulator',
        credentials: { api_key: SECOND, webhook_secret: HOOKS },
        enabled: false,
      }),
    });
    assert.ok(again.status === 200 || again.status === 201);
    assert.equal(again.body.credentials.api_key.last4, '0002');
  }
});

function contentsOf(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'));
}
