import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { FloorPlan } from './rows.ts';

/*
 * The least that anything in Node could do for a payment: read a request, make a transaction durable, call another
 * process, make a second transaction durable, answer. No router, validation, token, hashing, identifiers or indexes.
 */
const plan = JSON.parse(process.env['FLOOR_PLAN'] ?? '') as FloorPlan;
const echoUrl = new URL(process.env['FLOOR_ECHO_URL'] ?? '');
const db = new DatabaseSync(join(process.env['FLOOR_DATA'] ?? '', 'floor.sqlite'));
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;');
const begin = db.prepare('BEGIN IMMEDIATE');
const commit = db.prepare('COMMIT');
const writeBefore = prepareRows('before', plan.beforeBytes);
const writeAfter = prepareRows('after', plan.afterBytes);

const agent = new Agent({ keepAlive: true, maxSockets: 128 });
const outgoing = Buffer.alloc(plan.callBytes, 'x');
const callOptions = {
  agent,
  host: '127.0.0.1',
  port: echoUrl.port,
  method: 'POST',
  path: '/v1/charges',
  headers: { 'content-type': 'application/json', 'content-length': outgoing.length },
};
const padding = 'x'.repeat(plan.answerBytes);
let payments = 0;
let waiting: (() => void)[] = [];
let works: (() => void)[] = [];

const server = createServer((incoming, response) => {
  incoming.on('data', () => {});
  incoming.on('end', () => {
    durably(writeBefore, () => call(() => durably(writeAfter, () => answer())));
  });

  function answer(): void {
    payments += 1;
    const start = `{"id":"pay_floor${payments}","object":"payment","status":"succeeded","padding":"`;
    const body = `${start}${padding.slice(0, plan.answerBytes - start.length - 2)}"}`;
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  }
});

function call(answered: () => void): void {
  const calling = request(callOptions, (reply) => {
    reply.on('data', () => {});
    reply.on('end', answered);
  });
  calling.on('error', (error) => {
    throw error;
  });
  calling.end(outgoing);
}

/** All of one turn of the event loop in one transaction, as the platform does it. */
function durably(work: () => void, done: () => void): void {
  if (works.length === 0) setImmediate(flush);
  works.push(work);
  waiting.push(done);
}

function flush(): void {
  const group = works;
  const settled = waiting;
  works = [];
  waiting = [];
  begin.run();
  for (const work of group) work();
  commit.run();
  for (const done of settled) done();
}

/** A plain table a row, without any index. */
function prepareRows(name: string, sizes: readonly number[]): () => void {
  const inserts = sizes.map((bytes, n): [StatementSync, string] => {
    db.exec(`CREATE TABLE ${name}_${n} (position INTEGER PRIMARY KEY, content TEXT NOT NULL) STRICT`);
    return [db.prepare(`INSERT INTO ${name}_${n} (content) VALUES (?)`), 'x'.repeat(bytes)];
  });
  return () => {
    for (const [insert, content] of inserts) insert.run(content);
  };
}

server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    db.close();
    process.exit(0);
  });
}
