import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { eventually, startReceiver } from './testKit.ts';

const HEADERS = { Authorization: 'Bearer key', 'Content-Type': 'application/json' };

function temporaryFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'books.db');
}

async function startProcess(t: TestContext, file: string, more: Record<string, string> = {}) {
  const env = { ...process.env, PORT: '0', FLORIN_SIMULATOR_DATA: file, FLORIN_SIMULATOR_API_KEY: 'key', ...more };
  const main = join(import.meta.dirname, 'main.ts');
  const child: ChildProcess = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout ?? child, 'data');
  return { child, url: String(line).trim() };
}

function create(url: string, key: string, token: string) {
  const body = JSON.stringify({ reference: key, amount: 5, currency: 'EUR', token, capture: true });
  return fetch(`${url}/v1/charges`, { method: 'POST', headers: { ...HEADERS, 'Idempotency-Key': key }, body });
}

test('what was answered outlives the process: charges, keys, webhooks, and what was yet to happen', async (t) => {
  const file = temporaryFile(t);
  const receiver = await startReceiver(t);
  const first = await startProcess(t, file, { FLORIN_SIMULATOR_WEBHOOK_URL: receiver.url });
  const answers = await Promise.all(['k1', 'k2', 'k3'].map((key) => create(first.url, key, 'tok_approved')));
  const charges = (await Promise.all(answers.map((answer) => answer.json()))) as { id: string }[];
  const pending = (await (await create(first.url, 'k4', 'tok_pending')).json()) as { id: string };
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  assert.equal(receiver.hooks.length, 0);

  const second = await startProcess(t, file, { FLORIN_SIMULATOR_WEBHOOK_URL: receiver.url });
  const again = await create(second.url, 'k2', 'tok_approved');
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.deepEqual(await again.json(), charges[1]);
  await eventually(async () => {
    const found = await fetch(`${second.url}/v1/charges/${pending.id}`, { headers: HEADERS });
    return ((await found.json()) as { status: string }).status === 'succeeded' ? true : undefined;
  });
  await eventually(() => {
    const told = new Set(receiver.hooks.map(({ body }) => `${body.data.id} ${body.data.version}`));
    return told.has(`${pending.id} 2`) && charges.every(({ id }) => told.has(`${id} 1`)) ? true : undefined;
  });
});

test('SIGTERM ends it in order', async (t) => {
  const { child, url } = await startProcess(t, temporaryFile(t));
  await create(url, 'k', 'tok_approved');
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
});
