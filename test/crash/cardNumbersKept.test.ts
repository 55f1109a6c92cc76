import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startServer } from '../support/server.ts';

// Put together here so that no whole number stands in a file.
const groups = ['4111', '1111', '1111', '1111'];
const number = groups.join('');
const escaped = `\\u0034${number.slice(1)}`;
const DRESSED = [number, groups.join(' '), groups.join('-'), groups.join('.'), escaped, `%34${number.slice(1)}`];
const SEEN = /4[\s.\-_+%0-9a-f\\u]{0,8}?111[\s.\-_]{0,4}1111[\s.\-_]{0,4}1111[\s.\-_]{0,4}1111|u0034111111/;
const SILENT_MS = 500;

/** Bytes as they are; what comes back is of no interest. */
async function sendRaw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.setTimeout(SILENT_MS, () => socket.destroy());
  socket.write(text);
  await closed;
  return Buffer.concat(chunks).toString('latin1');
}

const LINES = ['connection: close', 'content-type: application/json', 'idempotency-key: k'];

/** `dressed`: percent escapes mean something in targets and forms only. */
function requests(token: string, dressed: string): string[] {
  const asPath = dressed.startsWith('%') ? dressed : encodeURI(dressed);
  const card = decodeURIComponent(dressed);
  const write = (method: string, path: string, { headers = [], body = '' }: { headers?: string[]; body?: string }) =>
    [
      `${method} ${path} HTTP/1.1`,
      ...(headers.some((line) => line.startsWith('host')) ? [] : ['host: x']),
      `authorization: Bearer ${token}`,
      ...LINES,
      ...headers,
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
  const payment = (more: string) =>
    `{"amount":1000,"currency":"EUR","payment_method":{"type":"card","token":"tok_approved"},${more}}`;
  return [
    ...[
      '/',
      '/v1/payments/',
      '/v1/payments?x=',
      '/return/',
      '/providers/simulator/webhooks/',
      '/simulator/charges?reference=',
    ].map((path) => write('GET', `${path}${asPath}`, {})),
    ...['user-agent', 'traceparent', 'x-request-id', 'referer', 'cookie', 'host', 'signature', 'idempotency-key'].map(
      (name) => write('POST', '/v1/payments', { headers: [`${name}: ${card}`], body: payment('"x":1') }),
    ),
    ...[`"description":"${card}"`, `"metadata":{"${card}":"x"}`, `"metadata":{"x":"${card}"}`, `"${card}":1`].map(
      (member) => write('POST', '/v1/payments', { body: payment(member) }),
    ),
    write('POST', '/v1/payments', { body: `{"a":"${card}` }),
    write('POST', '/v1/payments', { body: payment(`"payment_method":{"type":"card","token":"${card}"}`) }),
    write('POST', '/providers/simulator/webhooks', { body: `{"data":"${card}"}` }),
    write('POST', `/providers/simulator/webhooks/${asPath}`, { body: `{"data":"${card}"}` }),
    write('POST', '/oauth/token', { body: `grant_type=${dressed}&client_id=${dressed}` }),
    write(card.replace(/\W/g, ''), '/v1/payments', {}),
    `${card}\r\n\r\n`,
    `GET /healthz HTTP/1.1\r\nhost: x\r\n${card}: ${card}\r\n bad\r\n\r\n`,
    `GET /v1/payments HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${card}\r\nconnection: close\r\n\r\n`,
  ];
}

test('a card number that is sent anywhere is neither written to a file, nor logged, nor answered', {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  await using server = await startServer({ folder, simulatorUrl: null });
  const client = JSON.parse(readFileSync(join(folder, 'dev-client.json'), 'utf8')) as Record<string, string>;
  const token = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client['client_id'] ?? '',
      client_secret: client['client_secret'] ?? '',
    }),
  }).then(async (answer) => ((await answer.json()) as { access_token: string }).access_token);
  let answered = 0;
  for (const dressed of DRESSED) {
    const answers = await Promise.all(requests(token, dressed).map((request) => sendRaw(server.url, request)));
    for (const answer of answers) {
      answered += Number(answer.startsWith('HTTP/1.1 '));
      assert.doesNotMatch(answer, SEEN);
    }
  }
  assert.ok(answered >= DRESSED.length * 20, `${answered} answers: that was no test`);
  await using proof = await createApiClient(server);
  await proof.pay({ key: 'proof', amount: 100, token: 'tok_approved' });
  await server.stop();

  assert.doesNotMatch(server.child().output(), SEEN);
  const files = readdirSync(folder);
  assert.ok(files.includes('journal.sqlite'));
  for (const file of files) assert.doesNotMatch(readFileSync(join(folder, file), 'latin1'), SEEN, file);
});
