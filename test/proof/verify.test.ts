import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { request } from 'undici';
import { copyOf, hashesOf } from '../crash/dataFolder.ts';
import { freePort } from '../support/ports.ts';
import { DERIVED_EDITS } from './derivedEdits.ts';
import { type Edit, editDatabase } from './edits.ts';
import { JOURNAL_EDITS } from './journalEdits.ts';
import { makeSample, type Sample } from './sample.ts';
import { API_KEY, BOOKS, type SimulatorOn, startSimulatorOn } from './simulatorOn.ts';
import { runVerify, type Verified } from './verifyProcess.ts';

const AT_ONCE = 3;

let sample: Sample;
/** The provider with its books as they are; those that are edited are copies. */
let simulator: SimulatorOn;

before(async () => {
  sample = await makeSample();
  simulator = await startSimulatorOn(copyOf(sample.books));
});
after(() => simulator[Symbol.asyncDispose]());

test('under load no difference is found, wherever the provider is looked for', () => {
  assert.equal(sample.underLoad.length, 2);
  for (const verified of sample.underLoad) {
    assertSame(verified);
    assert.match(verified.output, /^provider {2}\d+ charges agree with its books/m);
  }
});

test('after the server was stopped no difference is found, and everything was looked at', async () => {
  const verified = await runVerify(sample.folder, simulator.url);
  assertSame(verified);
  assert.match(verified.output, /^journal {3}\d+ commits of \d+ payments: .*; 1 signed roots$/m);
  assert.match(
    verified.output,
    /^index {5}\d+ payments are as the journal says; [1-9]\d* owe a step and are scheduled$/m,
  );
  assert.match(verified.output, /^ledger {4}\d+ entries on \d+ accounts/m);
  assert.match(verified.output, /^provider {2}\d+ charges agree with its books; [1-9]\d* are in doubt$/m);
  assert.doesNotMatch(verified.output, /parked/);
});

test('without a server the books of the provider are left out, and that is said', async () => {
  const verified = await runVerify(sample.folder, null);
  assertSame(verified);
  assert.match(verified.output, /^provider {2}its books were left out: it runs with the server, and none is running/m);
});

test('another server that has the port by now is not taken for the one of this folder', async () => {
  const stranger = createServer((incoming, reply) => {
    const isKeys = incoming.url === '/.well-known/jwks.json';
    const charge = { id: 'sim_x', reference: 'theirs', amount_captured: 1, amount_refunded: 0 };
    reply.end(JSON.stringify(isKeys ? { keys: [{ kid: 'theirs' }] } : { data: [charge], next_cursor: null }));
  }).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const folder = copyOf(sample.folder);
  const path = join(folder, 'dev-client.json');
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), token_url: `${url}/oauth/token` }));
  const verified = await runVerify(folder, null);
  stranger.close();
  assertSame(verified);
  assert.match(verified.output, /^provider {2}its books were left out: .* none is running on this folder/m);
});

test('a provider that was named and does not answer is left out, and that is said', async () => {
  const verified = await runVerify(sample.folder, `http://127.0.0.1:${await freePort()}`);
  assertSame(verified);
  assert.match(verified.output, /^provider {2}its books were left out, they could not be read: /m);
});

describe('a journal that was edited by hand', { concurrency: AT_ONCE }, () => {
  for (const edit of JOURNAL_EDITS) test(edit.name, () => assertFound('journal.sqlite', edit));
});

describe('derived data that was edited by hand', { concurrency: AT_ONCE }, () => {
  for (const edit of DERIVED_EDITS) test(edit.name, () => assertFound('derived.sqlite', edit));
});

describe('books of the provider that differ', { concurrency: AT_ONCE }, () => {
  const first = (id: string) => `op_${id.slice('pay_'.length)}_1`;

  test('a charge that we know nothing of', async () => {
    const found = await verifyBooks(async ({ url }) => {
      const reference = first(`pay_${'0'.repeat(32)}`);
      await post(`${url}/v1/charges`, {
        reference,
        amount: 500,
        currency: 'EUR',
        token: 'tok_approved',
        capture: true,
      });
    });
    assertDifference(found, `provider op_${'0'.repeat(32)}_1`, /^it has 500 captured .*; we know nothing of that/);
  });

  test('a charge that was made in the dashboard', async () => {
    const found = await verifyBooks(async ({ url }) => {
      const reference = 'by hand';
      await post(`${url}/v1/charges`, {
        reference,
        amount: 500,
        currency: 'EUR',
        token: 'tok_approved',
        capture: true,
      });
    });
    assertDifference(found, 'provider by hand', /^it has 500 captured .*; we know nothing of that/);
  });

  test('a refund that nobody told us of', async () => {
    const { late } = sample;
    const found = await verifyBooks(async ({ url }) => {
      const answer = await request(`${url}/simulator/charges?reference=${first(late.approved)}`);
      const { data } = (await answer.body.json()) as { data: { id: string }[] };
      await post(`${url}/simulator/charges/${data[0]?.id}/dashboard_refund`, { amount: 200 });
    });
    assertDifference(
      found,
      `provider ${first(late.approved)}`,
      /^it has 1000 captured and 200 refunded in a charge; we say 1000 captured and 0 refunded/,
    );
  });

  test('another amount', async () => {
    const { late } = sample;
    const change = `body = replace(body, '"amount_captured":900', '"amount_captured":901')`;
    const found = await verifyEditedBooks(`UPDATE charges SET ${change} WHERE reference = '${first(late.parts)}'`);
    assertDifference(
      found,
      `provider ${first(late.parts)}`,
      /^it has 901 captured and 0 refunded in a charge; we say 900 captured/,
    );
  });

  test('the same charge twice', async () => {
    const { early } = sample;
    const found = await verifyEditedBooks(`
      INSERT INTO charges SELECT NULL, 'sim_again', account, reference, status, currency, authorized, captured, refunded, token, return_url,
      capture_wanted, created_at, body FROM charges WHERE reference = '${first(early.approved)}'`);
    assertDifference(
      found,
      `provider ${first(early.approved)}`,
      /^it has 2000 captured and 0 refunded in 2 charges; we say 1000 captured/,
    );
  });

  test('a charge is gone', async () => {
    const { early } = sample;
    const found = await verifyEditedBooks(`DELETE FROM charges WHERE reference = '${first(early.held)}'`);
    assertDifference(found, `provider ${first(early.held)}`, /^we say that it took place/);
  });
});

async function assertFound(file: string, { edit, where, what }: Edit): Promise<void> {
  const folder = copyOf(sample.folder);
  editDatabase(folder, file, (db) => edit(db, sample));
  const before = hashesOf(folder);
  const verified = await runVerify(folder, simulator.url);
  assertDifference(verified, where(sample), what);
  assert.deepEqual(hashesOf(folder), before, 'nothing was written');
}

async function verifyEditedBooks(sql: string): Promise<Verified> {
  const books = copyOf(sample.books);
  editDatabase(books, BOOKS, (db) => db.exec(sql));
  await using edited = await startSimulatorOn(books);
  return await runVerify(sample.folder, edited.url);
}

async function verifyBooks(change: (simulator: SimulatorOn) => Promise<void>): Promise<Verified> {
  await using edited = await startSimulatorOn(copyOf(sample.books));
  await change(edited);
  return await runVerify(sample.folder, edited.url);
}

async function post(url: string, body: object): Promise<void> {
  const headers = {
    authorization: `Bearer ${API_KEY}`,
    'content-type': 'application/json',
    'idempotency-key': 'by-hand',
  };
  const answer = await request(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.body.text();
  assert.equal(answer.statusCode, 200, text);
}

function assertSame({ code, output }: Verified): void {
  assert.match(output, /\nno difference, \d+\.\d s\n$/);
  assert.equal(code, 0, output);
}

function assertDifference({ code, output }: Verified, where: string, what: RegExp): void {
  const [, said = ''] = output.split('\nDIFFERENCE at ');
  assert.ok(said.startsWith(`${where}: `), `it names ${where}:\n${output}`);
  assert.match(said.slice(where.length + 2), what);
  assert.equal(code, 1, output);
}
