import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { Fault } from '#core/kit/fault.ts';
import { type Api, startApi } from './harness.ts';

let api: Api;
let failing = false;
before(async () => {
  api = await startApi({
    wrap: (ports) => ({
      ...ports,
      journal: {
        ...ports.journal,
        read: async (stream) => {
          if (failing) throw new Fault('storage_busy', 'busy', { retryable: true });
          return await ports.journal.read(stream);
        },
      },
    }),
  });
});
after(() => api.stop());

test('a simulator that is not there is a bad gateway, and no fault of ours', async (t) => {
  const elsewhere = { url: 'http://127.0.0.1:1', apiKey: 'k', webhookSecret: null };
  const alone = await startApi({ simulator: elsewhere });
  t.after(() => alone.stop());
  const { status, headers, body } = await alone.get('/simulator/charges');
  assert.deepEqual([status, body.code, headers.get('retry-after')], [502, 'simulator_unavailable', '5']);
  assert.equal(
    alone.logged.some((line) => line.includes('a request failed')),
    false,
  );
});

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

test('a problem names the path that it is about, without the query', async () => {
  const { body } = await api.get('/v1/payments/pay_x?as_of=1');
  assert.equal(body.instance, '/v1/payments/pay_x');
  assert.equal((await api.get('/nowhere/%C3%A9?x=1')).body.instance, '/nowhere/%C3%A9');
});

test("a problem has a trace id: the caller's own where it is a valid one", async () => {
  const traced = async (traceparent: string) =>
    (await api.call('GET', '/v1/nothing', { headers: { traceparent } })).body.trace_id as string;
  assert.equal(await traced(`00-${TRACE}-00f067aa0ba902b7-01`), TRACE);
  assert.equal(await traced(`01-${TRACE}-00f067aa0ba902b7-01-more`), TRACE);
  for (const wrong of [
    'x',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `ff-${TRACE}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
  ]) {
    const made = await traced(wrong);
    assert.match(made, /^[0-9a-f]{32}$/);
    assert.notEqual(made, TRACE);
  }
});

test('a request that fails is logged with the trace id that its problem has, and says when to come again', async () => {
  failing = true;
  const { status, headers, body } = await api.get('/v1/payments/pay_00000000000000000000000000000000?as_of=1');
  failing = false;
  assert.deepEqual([status, body.code, headers.get('retry-after')], [503, 'storage_unavailable', '5']);
  const line = JSON.parse(api.logged.find((text) => text.includes('a request failed')) ?? '{}') as object;
  assert.deepEqual(
    { ...line, time: null },
    {
      time: null,
      level: 'error',
      message: 'a request failed',
      trace_id: body.trace_id,
      method: 'GET',
      path: '/v1/payments/pay_00000000000000000000000000000000',
      fault: { name: 'Fault', code: 'storage_busy', retryable: true, message: 'busy' },
    },
  );
});
