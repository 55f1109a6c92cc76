import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts';
import { type Api, startApi, until, type Wire } from './harness.ts';

let api: Api;
let receiver: Receiver;

before(async () => {
  api = await startApi();
  receiver = await startReceiver();
});
after(async () => {
  await api.stop();
  await receiver.stop();
});

const call = (method: string, path: string, body?: object) =>
  api.call(method, path, body === undefined ? {} : { body });

/** An endpoint of its own path; deleted when the test ends, so that it hears of no other. */
async function register(t: test.TestContext, fields: object = {}): Promise<Wire> {
  const path = `/${t.name.replaceAll(/\W+/g, '-')}`;
  const { status, body } = await call('POST', '/v1/webhook_endpoints', { url: `${receiver.url}${path}`, ...fields });
  assert.equal(status, 201, JSON.stringify(body));
  t.after(() => call('DELETE', `/v1/webhook_endpoints/${body.id}`));
  return { ...body, path };
}

const at = ({ path }: { path: string }) => receiver.received.filter((received) => received.path === path);
const parse = ({ body }: Received): Wire => JSON.parse(body);
const typesAt = (endpoint: { path: string }) => at(endpoint).map((received) => parse(received).type);
/** Throws where the signature is not one of this secret over this very message, now. */
const verify = (secret: string, { headers, body }: Received) =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

test('an endpoint is told of a payment, each event signed as Standard Webhooks says', async (t) => {
  const endpoint = await register(t);
  assert.match(endpoint.secret, /^whsec_/);
  const payment = (await api.pay('tok_approved', { customer: 'cus_1', metadata: { order: '7' } })).body;
  await until(async () => at(endpoint).length === 3);
  const events = at(endpoint).map((received) => verify(endpoint.secret, received) as Wire);
  events.sort((left, right) => left.sequence - right.sequence);
  assert.deepEqual(
    events.map(({ type, sequence }) => [type, sequence]),
    [
      ['payment.created', 1],
      ['payment.captured', 2],
      ['payment.succeeded', 3],
    ],
  );
  assert.deepEqual(events.at(-1).data, (await api.get(`/v1/payments/${payment.id}`)).body);
  const created = (await api.get(`/v1/payments/${payment.id}?as_of=1`)).body;
  assert.deepEqual([events[0].data, events[0].timestamp], [created, created.created_at]);
  const [first] = at(endpoint);
  assert.match(first?.headers['content-type'] ?? '', /^application\/json/);
  assert.equal(first?.headers['webhook-id'], parse(first as Received).id);
});

test('another secret, another body, another time or an old message does not pass', async (t) => {
  const endpoint = await register(t);
  await api.pay('tok_approved');
  await until(async () => at(endpoint).length === 3);
  const [one, other] = at(endpoint) as [Received, Received];
  const isRefused = (secret: string, received: Received) =>
    assert.throws(() => verify(secret, received), WebhookVerificationError);
  isRefused(`whsec_${Buffer.alloc(32).toString('base64')}`, one);
  isRefused(endpoint.secret, { ...one, body: one.body.replace('1000', '1001') });
  isRefused(endpoint.secret, { ...one, body: other.body });
  isRefused(endpoint.secret, { ...one, headers: { ...one.headers, 'webhook-id': 'evt_other' } });
  const now = Number(one.headers['webhook-timestamp']);
  isRefused(endpoint.secret, { ...one, headers: { ...one.headers, 'webhook-timestamp': String(now + 1) } });
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 6 * 60 * 1000 });
  isRefused(endpoint.secret, one);
});

test('an endpoint hears only of what it subscribes to, and of nothing when it is disabled', async (t) => {
  const some = await register(t, { events: ['payment.succeeded'] });
  await api.pay('tok_approved');
  await until(async () => at(some).length > 0);
  assert.deepEqual(typesAt(some), ['payment.succeeded']);
  const changed = await call('PATCH', `/v1/webhook_endpoints/${some.id}`, { enabled: false });
  assert.deepEqual([changed.body.enabled, changed.body.disabled_reason], [false, 'by_merchant']);
  await api.pay('tok_approved');
  assert.equal((await call('PATCH', `/v1/webhook_endpoints/${some.id}`, { enabled: true })).body.disabled_reason, null);
  const third = (await api.pay('tok_approved')).body.id;
  await until(async () => at(some).length > 1);
  assert.deepEqual(at(some).map((received) => parse(received).data.id)[1], third);
});

test('refunds are told with the refund, in order of their sequence', async (t) => {
  const endpoint = await register(t, { events: ['refund.created', 'refund.succeeded'] });
  const { id } = (await api.pay('tok_approved')).body;
  const refund = await api.post(`/v1/payments/${id}/refunds`, { amount: 400 });
  await until(async () => at(endpoint).length === 2);
  const events = at(endpoint)
    .map(parse)
    .sort((left, right) => left.sequence - right.sequence);
  assert.deepEqual(
    events.map(({ type, sequence, data }) => [type, sequence, data.object, data.amount, data.status]),
    [
      ['refund.created', 4, 'refund', 400, 'pending'],
      ['refund.succeeded', 5, 'refund', 400, 'succeeded'],
    ],
  );
  assert.equal(events[0].data.id, refund.body.id);
});

test('while a secret is replaced both sign; ended at once, only the new one does', async (t) => {
  const endpoint = await register(t, { events: ['payment.created'] });
  const rotate = async (body: object) =>
    (await call('POST', `/v1/webhook_endpoints/${endpoint.id}/rotate_secret`, body)).body;
  const second = await rotate({});
  assert.notEqual(second.secret, endpoint.secret);
  const overlapMs = Date.parse(second.former_secret_expires_at) - Date.now();
  assert.ok(Math.abs(overlapMs - 24 * 60 * 60 * 1000) < 60_000);
  await api.pay('tok_approved');
  await until(async () => at(endpoint).length === 1);
  for (const secret of [endpoint.secret, second.secret]) verify(secret, at(endpoint)[0] as Received);
  assert.equal(String(at(endpoint)[0]?.headers['webhook-signature']).split(' ').length, 2);
  const third = await rotate({ expires_in: 0 });
  assert.equal(third.former_secret_expires_at, null);
  await api.pay('tok_approved');
  await until(async () => at(endpoint).length === 2);
  const latest = at(endpoint)[1] as Received;
  verify(third.secret, latest);
  for (const secret of [endpoint.secret, second.secret]) assert.throws(() => verify(secret, latest));
  const shown = await call('GET', `/v1/webhook_endpoints/${endpoint.id}`);
  assert.equal('secret' in shown.body, false);
});

test('a failed delivery is tried again by itself, and its attempts are shown', async (t) => {
  const endpoint = await register(t, { events: ['payment.succeeded'] });
  let times = 0;
  receiver.behave(({ path }) => {
    if (path === endpoint.path) times += 1;
    return times === 1 ? 500 : 204;
  });
  await api.pay('tok_approved');
  const [delivery] = await until(async () => {
    const { body } = await call('GET', `/v1/webhook_deliveries?endpoint=${endpoint.id}&status=delivered`);
    return body.data.length > 0 && body.data;
  });
  receiver.behave(() => 204);
  assert.deepEqual(
    delivery.attempts.map(({ succeeded, status, response_start }: Wire) => [succeeded, status, response_start]),
    [
      [false, 500, 'said 500'],
      [true, 204, ''],
    ],
  );
  const [first, second] = at(endpoint) as [Received, Received];
  assert.deepEqual([first.headers['webhook-id'], first.body], [second.headers['webhook-id'], second.body]);
  assert.notEqual(first.headers['webhook-timestamp'], second.headers['webhook-timestamp']);
  assert.deepEqual((await call('GET', `/v1/webhook_deliveries/${delivery.id}`)).body, delivery);
});

test('an event is delivered again when asked for, under its own id', async (t) => {
  const endpoint = await register(t, { events: ['payment.created'] });
  await api.pay('tok_approved');
  const [delivery] = await until(async () => {
    const { body } = await call('GET', `/v1/webhook_deliveries?endpoint=${endpoint.id}&status=delivered`);
    return body.data.length > 0 && body.data;
  });
  const again = await call('POST', `/v1/webhook_deliveries/${delivery.id}/redeliver`, {});
  assert.deepEqual([again.status, again.body.status], [202, 'waiting']);
  await until(async () => at(endpoint).length === 2);
  assert.equal(new Set(at(endpoint).map(({ headers }) => headers['webhook-id'])).size, 1);
  await call('PATCH', `/v1/webhook_endpoints/${endpoint.id}`, { enabled: false });
  const refused = await call('POST', `/v1/webhook_deliveries/${delivery.id}/redeliver`, {});
  assert.deepEqual([refused.status, refused.body.code], [409, 'webhook_endpoint_disabled']);
});

test('a test event is sent at once, and the answer says what came of it', async (t) => {
  const endpoint = await register(t, { events: ['payment.succeeded'] });
  const taken = await call('POST', `/v1/webhook_endpoints/${endpoint.id}/test`, {});
  assert.deepEqual([taken.body.attempt.succeeded, taken.body.attempt.status], [true, 204]);
  const event = verify(endpoint.secret, at(endpoint)[0] as Received) as Wire;
  assert.deepEqual([event.type, event.id, event.data.id], ['webhook_endpoint.test', taken.body.event, endpoint.id]);
  receiver.behave(() => 503);
  const refused = await call('POST', `/v1/webhook_endpoints/${endpoint.id}/test`, {});
  receiver.behave(() => 204);
  assert.deepEqual([refused.body.attempt.succeeded, refused.body.attempt.status], [false, 503]);
  assert.equal(at(endpoint).length, 2);
});

test('an endpoint that is slow to answer is tested once at a time, and again when that is over', async (t) => {
  const [slow, other] = [await register(t), await register(t)];
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  receiver.behave(async () => {
    await released;
    return 204;
  });
  t.after(() => receiver.behave(() => 204));
  const ask = (id: string) => call('POST', `/v1/webhook_endpoints/${id}/test`, {});
  const first = ask(slow.id);
  await until(async () => at(slow).length === 1);
  const second = await ask(slow.id);
  assert.deepEqual([second.status, second.body.code, second.headers.get('retry-after')], [429, 'rate_limited', '1']);
  const elsewhere = ask(other.id);
  release();
  assert.deepEqual([(await first).body.attempt.status, (await elsewhere).body.attempt.status], [204, 204]);
  assert.equal((await ask(slow.id)).status, 200);
});

test('one that answers 410 is switched off, and the merchant’s other endpoints are told', async (t) => {
  const gone = await register(t, { events: ['payment.created'] });
  const { body: other } = await call('POST', '/v1/webhook_endpoints', {
    url: `${receiver.url}/other`,
    events: ['webhook_endpoint.disabled'],
  });
  receiver.behave(({ path }) => (path === gone.path ? 410 : 204));
  await api.pay('tok_approved');
  await until(async () => at({ path: '/other' }).length === 1);
  receiver.behave(() => 204);
  await call('DELETE', `/v1/webhook_endpoints/${other.id}`);
  const event = verify(other.secret, at({ path: '/other' })[0] as Received) as Wire;
  assert.deepEqual([event.type, event.data.id, event.sequence], ['webhook_endpoint.disabled', gone.id, null]);
  const shown = (await call('GET', `/v1/webhook_endpoints/${gone.id}`)).body;
  assert.deepEqual([shown.enabled, shown.disabled_reason], [false, 'gone']);
  assert.deepEqual(event.data, shown);
  const { data } = (await call('GET', `/v1/webhook_deliveries?endpoint=${gone.id}`)).body;
  assert.deepEqual([data[0].status, data[0].dead_reason], ['dead', 'endpoint_gone']);
  assert.ok(api.logged.some((line) => line.includes('switched off') && line.includes(gone.id)));
});

test('an address that is not for the public is refused by its field, and so is one that is changed to it', async (t) => {
  const endpoint = await register(t);
  for (const url of [
    'https://10.0.0.1/',
    'https://169.254.169.254/latest',
    'http://example.com/',
    'ftp://x.example',
    'x',
  ]) {
    for (const [method, path] of [
      ['POST', '/v1/webhook_endpoints'],
      ['PATCH', `/v1/webhook_endpoints/${endpoint.id}`],
    ] as const) {
      const { status, body } = await call(method, path, { url });
      assert.deepEqual([status, body.code, body.errors[0].pointer], [422, 'webhook_url_refused', '/url'], url);
    }
  }
});

test('what is malformed is refused by its field', async (t) => {
  const endpoint = await register(t);
  const path = `/v1/webhook_endpoints/${endpoint.id}`;
  for (const [method, at_, body, pointer] of [
    ['POST', '/v1/webhook_endpoints', { events: ['*'] }, '/url'],
    ['POST', '/v1/webhook_endpoints', { url: endpoint.url, events: ['payment.paid'] }, '/events/0'],
    ['POST', '/v1/webhook_endpoints', { url: endpoint.url, events: ['webhook_endpoint.test'] }, '/events/0'],
    ['POST', '/v1/webhook_endpoints', { url: endpoint.url, events: [] }, '/events'],
    ['POST', '/v1/webhook_endpoints', { url: endpoint.url, events: ['*', '*'] }, '/events'],
    ['POST', '/v1/webhook_endpoints', { url: endpoint.url, secret: 'whsec_AAAA' }, '/secret'],
    ['PATCH', path, { enabled: 'yes' }, '/enabled'],
    ['PATCH', path, { colour: 'red' }, '/colour'],
    ['POST', `${path}/rotate_secret`, { expires_in: 604_801 }, '/expires_in'],
    ['POST', `${path}/test`, { type: 'x' }, '/type'],
  ] as const) {
    const refused = await call(method, at_, body);
    assert.deepEqual([refused.status, refused.body.errors[0].pointer], [400, pointer]);
  }
});

test('a merchant has up to sixteen endpoints', async (t) => {
  const made: string[] = [];
  t.after(() => Promise.all(made.map((id) => call('DELETE', `/v1/webhook_endpoints/${id}`))));
  for (;;) {
    const { status, body } = await call('POST', '/v1/webhook_endpoints', { url: `${receiver.url}/many` });
    if (status !== 201) {
      assert.deepEqual([status, body.code], [422, 'too_many_webhook_endpoints']);
      break;
    }
    made.push(body.id);
  }
  assert.equal((await call('GET', '/v1/webhook_endpoints')).body.data.length, 16);
});

test('events are there without any endpoint: newest first, page by page, by type and by payment', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) ids.push((await api.pay('tok_approved')).body.id);
  const list = async (query: string) => (await call('GET', `/v1/events?${query}`)).body;
  const newest = await until(async () => {
    const page = await list('limit=9');
    return page.data[0]?.data.id === ids[2] && page.data[0].sequence === 3 && page;
  });
  const shown = newest.data.map((event: Wire) => [event.data.id, event.type, event.sequence]);
  const expected = ids.toReversed().flatMap((id) => [
    [id, 'payment.succeeded', 3],
    [id, 'payment.captured', 2],
    [id, 'payment.created', 1],
  ]);
  assert.deepEqual(shown, expected);
  for (const filter of ['limit=2', `limit=1&payment=${ids[1]}`, 'limit=2&type=payment.captured']) {
    const paged = [];
    const whole = await list(filter.replace(/limit=\d/, 'limit=9'));
    for (let cursor = ''; paged.length < whole.data.length; ) {
      const page = await list(`${filter}${cursor}`);
      paged.push(...page.data);
      cursor = `&cursor=${page.next_cursor}`;
    }
    assert.deepEqual(paged.slice(0, whole.data.length), whole.data, filter);
  }
  const ofOne = await list(`payment=${ids[1]}`);
  assert.deepEqual([ofOne.data.length, ofOne.next_cursor], [3, null]);
  const captured = await list('type=payment.captured&limit=3');
  assert.ok(captured.data.every(({ type }: Wire) => type === 'payment.captured'));
  assert.deepEqual((await call('GET', `/v1/events/${ofOne.data[0].id}`)).body, ofOne.data[0]);
  for (const id of ['evt_x', `${ofOne.data[0].id}0`, 'pay_x', ofOne.data[0].id.replace(/_\d+_\d+$/, '')])
    assert.equal((await call('GET', `/v1/events/${id}`)).body.code, 'event_not_found', id);
  assert.equal((await call('GET', '/v1/events?cursor=nonsense')).body.code, 'cursor_invalid');
});

test('the timeline of a payment has its deliveries', async (t) => {
  const endpoint = await register(t, { events: ['payment.succeeded'] });
  const { id } = (await api.pay('tok_approved')).body;
  const [delivery] = await until(async () => {
    const { data } = (await api.get(`/v1/payments/${id}/timeline`)).body;
    const found = data.filter((item: Wire) => item.object === 'webhook_delivery' && item.status === 'delivered');
    return found.length > 0 && found;
  });
  assert.deepEqual([delivery.endpoint, delivery.type], [endpoint.id, 'payment.succeeded']);
});

test('no secret is in a log or in the data folder', async (t) => {
  const endpoint = await register(t);
  await call('POST', `/v1/webhook_endpoints/${endpoint.id}/test`, {});
  assert.ok(api.logged.every((line) => !line.includes(endpoint.secret) && !line.includes('whsec_')));
});
