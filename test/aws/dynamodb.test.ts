import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, before } from 'node:test';
import { createDatabase } from '#adapters/aws/dynamodb/database.ts';
import { createDynamoDocuments } from '#adapters/aws/dynamodb/documents.ts';
import { createDynamoJournal } from '#adapters/aws/dynamodb/journal.ts';
import { freshDatabase } from '#adapters/aws/dynamodb/testKit.ts';
import { DOCUMENTS_CONTRACT } from '#core/documents/contract.ts';
import { sealCommit } from '#core/journal/commit.ts';
import { JOURNAL_CONTRACT } from '#core/journal/contract.ts';
import { isFault } from '#core/kit/fault.ts';
import { lacks, type RunningEngine, startEngine } from '../support/engines.ts';

const skip = lacks('ministack');
let engine: RunningEngine | null = null;

before(async () => {
  process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
  if (skip === false) engine = await startEngine('ministack');
});
after(() => engine?.stop());

const endpoint = () => engine?.endpoints['FLORIN_AWS_ENDPOINT'] ?? '';

for (const { name, run } of JOURNAL_CONTRACT) {
  test(`dynamodb journal: ${name}`, { skip }, async () => {
    await run(createDynamoJournal((await freshDatabase(endpoint())).database));
  });
}

for (const { name, run } of DOCUMENTS_CONTRACT) {
  test(`dynamodb documents: ${name}`, { skip }, async () => {
    await run(createDynamoDocuments((await freshDatabase(endpoint())).database));
  });
}

const COMMIT = sealCommit({
  stream: 'pay_1',
  seq: 1,
  commitId: 'mine',
  at: 1,
  previous: null,
  command: null,
  events: [{ type: 'thing.happened', v: 1 }],
  personal: null,
});

test('a commit costs one write unit, and its reading one', { skip }, async () => {
  const { database, consumed } = await freshDatabase(endpoint());
  const journal = createDynamoJournal(database);
  await journal.append(COMMIT);
  await journal.read('pay_1');
  assert.deepEqual(
    consumed.map(({ kind, units }) => [kind, units]),
    [
      ['write', 1],
      ['read', 1],
    ],
  );
});

test('a stream of more than a page is read whole', { skip }, async () => {
  const journal = createDynamoJournal((await freshDatabase(endpoint())).database);
  const personal = JSON.stringify('x'.repeat(300_000));
  const commits = [1, 2, 3, 4, 5].map((seq) => ({ ...COMMIT, seq, personal }));
  for (const commit of commits) await journal.append(commit);
  assert.deepEqual(
    (await journal.read('pay_1')).map(({ seq }) => seq),
    [1, 2, 3, 4, 5],
  );
});

/** Passes requests on to the engine; the first answer is lost on the way. */
async function losesOneAnswer(t: { after: (work: () => void) => void }): Promise<string> {
  let lost = false;
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = await request.toArray();
    const { 'x-amz-target': target = '', 'content-type': type = '', authorization = '' } = request.headers;
    const answer = await fetch(`${endpoint()}${request.url}`, {
      method: 'POST',
      headers: { 'x-amz-target': String(target), 'content-type': type, authorization },
      body: Buffer.concat(chunks),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (lost) response.writeHead(answer.status, { 'content-type': type }).end(body);
    else request.socket.destroy();
    lost = true;
  }
  const server = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an append whose answer was lost, and that was tried again, is known as our own', { skip }, async (t) => {
  const { database } = await freshDatabase(endpoint());
  const lossy = createDatabase({
    prefix: database.prefix,
    region: 'eu-central-1',
    endpoint: await losesOneAnswer(t),
  });
  assert.equal(await createDynamoJournal(lossy).append(COMMIT), 'appended');
  assert.equal(await createDynamoJournal(lossy).append({ ...COMMIT, commitId: 'other' }), 'conflict');
  assert.equal((await createDynamoJournal(database).read('pay_1')).length, 1);
});

test('an engine that is not there is a fault that may pass; a table that is not there is not', { skip }, async () => {
  const nowhere = createDatabase({ prefix: 'x', region: 'eu-central-1', endpoint: 'http://127.0.0.1:9' });
  await assert.rejects(createDynamoJournal(nowhere).append(COMMIT), (fault) => isFault(fault) && fault.retryable);
  const { database } = await freshDatabase(endpoint());
  const wrong = createDynamoJournal({ ...database, prefix: 'no-such' });
  await assert.rejects(wrong.read('pay_1'), (fault) => isFault(fault) && !fault.retryable);
});
