import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { ROOT } from '../support/childProcess.ts';
import { until } from '../support/until.ts';

const STARTED_TIMEOUT_MS = 20_000;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const python = spawnSync('python3', ['--version']).status === 0;

const EXAMPLES = [
  { name: 'Node', command: [process.execPath, 'docs/how-to/examples/receiveWebhooks.mjs'], skip: false },
  {
    name: 'Python',
    command: ['python3', 'docs/how-to/examples/receive_webhooks.py'],
    // CI has one: there it must run.
    skip: !python && process.env['CI'] !== 'true' ? 'this machine has no python3' : false,
  },
] as const;

for (const { name, command, skip } of EXAMPLES) {
  test(`the receiver in ${name} takes what is genuine, once, and nothing else`, { skip }, async (t) => {
    const receiver = await start(t, command);
    const event = eventOf('evt_1', 2, 'succeeded');
    assert.equal(await receiver.post(event), 204);
    assert.equal(await receiver.post(event), 204, 'again, because an answer was lost');
    assert.equal(await receiver.post(eventOf('evt_0', 1, 'processing')), 204, 'late');
    assert.equal(await receiver.post(eventOf('evt_2', 4, 'failed', 'ref_1'), { also: OTHER_SECRET }), 204);
    assert.equal(await receiver.post(eventOf('evt_3', 3, 'canceled')), 204, 'late, but only after one of a refund');
    await until('it is printed', () => receiver.printed().length >= 3, STARTED_TIMEOUT_MS);
    const printed = ['succeeded', 'failed', 'canceled'].map((status) => `payment.succeeded pay_1 ${status}`);
    assert.deepEqual(receiver.printed(), printed);

    const refused: readonly [string, Forgery][] = [
      ['another secret', { secret: OTHER_SECRET }],
      ['an older message', { ageS: 6 * 60 }],
      ['a message from the future', { ageS: -6 * 60 }],
      ['another time than was signed', { change: { 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 1) } }],
      ['another id than was signed', { change: { 'webhook-id': 'evt_9' } }],
      ['no signature', { change: { 'webhook-signature': '' } }],
      ['another scheme', { change: { 'webhook-signature': `v2,${'A'.repeat(43)}=` } }],
      ['a signature of another length', { change: { 'webhook-signature': 'v1,AAAA' } }],
      ['no base64', { change: { 'webhook-signature': 'v1,?' } }],
      ['no time', { change: { 'webhook-timestamp': 'now' } }],
      ['another body than was signed', { body: JSON.stringify(eventOf('evt_8', 8, 'succeeded')) }],
    ];
    for (const [what, forgery] of refused)
      assert.equal(await receiver.post(eventOf('evt_8', 9, 'succeeded'), forgery), 400, what);
    assert.equal(receiver.printed().length, 3);
  });
}

const OTHER_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

type Forgery = {
  secret?: string;
  /** A second signature before ours. */
  also?: string;
  ageS?: number;
  change?: Readonly<Record<string, string>>;
  body?: string;
};

function eventOf(id: string, sequence: number, status: string, refund?: string) {
  const data =
    refund === undefined
      ? { object: 'payment', id: 'pay_1', status }
      : { object: 'refund', id: refund, payment: 'pay_1', status };
  return { id, type: 'payment.succeeded', sequence, data };
}

async function start(t: TestContext, [program, file]: readonly [string, string]) {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], WEBHOOK_SECRET: SECRET, LISTEN_ON: '0' };
  const child: ChildProcess = spawn(program, [file], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const port = await until('it listens', () => /^listening on (\d+)$/m.exec(output)?.[1], STARTED_TIMEOUT_MS);

  async function post(event: { id: string }, forgery: Forgery = {}): Promise<number> {
    const { secret = SECRET, also, ageS = 0, change = {}, body = JSON.stringify(event) } = forgery;
    const at = new Date(Date.now() - ageS * 1000);
    const text = JSON.stringify(event);
    const signatures = [also, secret].flatMap((key) =>
      key === undefined ? [] : [new Webhook(key).sign(event.id, at, text)],
    );
    const headers = {
      'webhook-id': event.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signatures.join(' '),
      ...change,
    };
    const { status } = await fetch(`http://127.0.0.1:${port}/webhooks`, { method: 'POST', headers, body });
    return status;
  }

  return { post, printed: () => output.split('\n').filter((line) => line.startsWith('payment.')) };
}
