import assert from 'node:assert/strict';
import test from 'node:test';
import { startChild } from '../support/childProcess.ts';

const PAYMENTS = 120;
const TIMEOUT_MS = 150_000;

test('the demo pays on a platform of its own, and finds nothing lost, nothing twice, and both books alike', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { HOME = '', PATH = '' } = process.env;
  const demo = startChild({
    file: 'demo/run.ts',
    args: ['--own', '--payments', String(PAYMENTS), '--seed', '7'],
    env: { HOME, PATH },
  });
  const { code } = await demo.ended;
  const said = demo.output();
  assert.equal(code, 0, said);
  assert.match(said, /Nothing is lost, nothing is charged twice, and both books agree\./);
  assert.match(said, /\n {2,}120\n/, 'all are counted');
  const [, events] = /events +(\d+)/.exec(said) ?? [];
  const [, delivered] = /delivered, each signature verified +(\d+)/.exec(said) ?? [];
  assert.ok(Number(events) > PAYMENTS, `${events} events`);
  assert.equal(delivered, events);
});

for (const [args, said] of [
  [['--payments', '0'], /--payments must be a whole number from 1 to 100000/],
  [['--url', 'https://api.example.com'], /--url must be http on a loopback address/],
  [['--url', 'http://127.0.0.1:9', '--own'], /exclude each other/],
] as const) {
  test(`the demo with ${args.join(' ')} says what is wrong`, async () => {
    const demo = startChild({ file: 'demo/run.ts', args, env: {} });
    assert.equal((await demo.ended).code, 2);
    assert.match(demo.output(), said);
  });
}
