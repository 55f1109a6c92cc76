import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Api, type Reply, startApi } from './harness.ts';

let api: Api;
before(async () => {
  api = await startApi();
});
after(() => api.stop());

const hold = async (token = 'tok_approved', fields: object = {}) =>
  (await api.pay(token, { capture: 'manual', ...fields })).body.id as string;

test('captured in parts, the rest released, refunded: each version can be seen as it was', async () => {
  const id = await hold();
  const capture = (fields: object) => api.post(`/v1/payments/${id}/capture`, fields);
  const first = await capture({ amount: 300 });
  assert.deepEqual(
    [first.status, first.body.status, first.body.amount_captured, first.body.amount_capturable],
    [200, 'partially_captured', 300, 700],
  );
  const tooMuch = await capture({ amount: 701 });
  assert.deepEqual(
    [tooMuch.status, tooMuch.body.code, tooMuch.body.amount_capturable],
    [422, 'amount_exceeds_capturable', 700],
  );
  const last = await capture({ amount: 200, final: true });
  assert.deepEqual(
    [last.body.status, last.body.amount_captured, last.body.amount_capturable],
    ['partially_captured', 500, 0],
  );
  const closed = await capture({ amount: 1 });
  assert.deepEqual(
    [closed.status, closed.body.code, closed.body.payment_status],
    [409, 'payment_not_capturable', 'partially_captured'],
  );
  const refund = await api.post(`/v1/payments/${id}/refunds`, { amount: 100, reason: 'duplicate' });
  assert.deepEqual(
    [refund.status, refund.body.object, refund.body.status, refund.body.amount, refund.body.reason],
    [201, 'refund', 'succeeded', 100, 'duplicate'],
  );
  assert.deepEqual((await api.get(`/v1/refunds/${refund.body.id}`)).body, refund.body);
  const states: string[] = [];
  const { body: now } = await api.get(`/v1/payments/${id}`);
  for (let version = 1; version <= now.version; version += 1) {
    const { body } = await api.get(`/v1/payments/${id}?as_of=${version}`);
    const state = [body.status, body.amount_captured, body.amount_refunded].join(' ');
    // A webhook that says once more what is known makes a version, too.
    if (state !== states.at(-1)) states.push(state);
  }
  assert.deepEqual(states, [
    'processing 0 0',
    'requires_capture 0 0',
    'processing 0 0',
    'partially_captured 300 0',
    'processing 300 0',
    'partially_captured 500 0',
    'partially_captured 500 100',
  ]);
  assert.equal((await api.get(`/v1/payments/${id}?as_of=${now.version + 20}`)).status, 404);
  const { body: earliest } = await api.get(`/v1/payments/${id}?as_of=1`);
  assert.equal(
    (await api.get(`/v1/payments/${id}?as_of=${encodeURIComponent(earliest.created_at)}`)).body.version >= 1,
    true,
  );
  assert.equal((await api.get(`/v1/payments/${id}?as_of=2001-01-01T00:00:00Z`)).status, 404);
});

test('two captures at once that together exceed the authorisation: one wins', async () => {
  const id = await hold();
  const results = await Promise.all([1, 2].map(() => api.post(`/v1/payments/${id}/capture`, { amount: 600 })));
  assert.deepEqual(results.map(({ status }) => status).sort(), [200, 422]);
});

test('thirty refunds of 100 at once of 1000: ten take place', async () => {
  const { body: payment } = await api.pay('tok_approved');
  const results = await Promise.all(
    Array.from({ length: 30 }, () => api.post(`/v1/payments/${payment.id}/refunds`, { amount: 100 })),
  );
  assert.equal(results.filter(({ status }) => status === 201).length, 10);
  assert.equal(results.filter(({ body }) => body.code === 'amount_exceeds_refundable').length, 20);
  assert.equal((await api.get(`/v1/payments/${payment.id}`)).body.amount_refunded, 1000);
  const { body: books } = await api.get(`/simulator/charges?reference=${payment.operations[0].id}`);
  assert.equal(books.data[0].amount_refunded, 1000);
});

test('a hundred and five refunds of 1 at once of 100: a hundred take place, and none is a fault', {
  timeout: 30_000,
}, async () => {
  const { body: payment } = await api.pay('tok_approved', { amount: 100 });
  const results = await Promise.all(
    Array.from({ length: 105 }, () => api.post(`/v1/payments/${payment.id}/refunds`, { amount: 1 })),
  );
  const count = (is: (reply: Reply) => boolean) => results.filter(is).length;
  const succeeded = count(({ body }) => body.status === 'succeeded');
  // On a machine that is very busy one may not have left in time: it failed, and what it had reserved was free again.
  const failed = count(({ status, body }) => status === 201 && body.status === 'failed');
  assert.equal(succeeded + failed + count(({ body }) => body.code === 'amount_exceeds_refundable'), 105);
  assert.ok(succeeded >= 100 - failed && succeeded <= 100, `${succeeded} succeeded, ${failed} failed`);
  const { body: books } = await api.get(`/simulator/charges?reference=${payment.operations[0].id}`);
  assert.equal(books.data[0].amount_refunded, succeeded);
});

test('a repeated capture and refund give the first answer; another body is refused', async () => {
  const id = await hold();
  for (const [path, body] of [
    [`/v1/payments/${id}/capture`, { amount: 500, final: true }],
    [`/v1/payments/${id}/refunds`, { amount: 200 }],
  ] as const) {
    const key = { 'idempotency-key': path };
    const first = await api.post(path, body, key);
    const again = await api.post(path, body, key);
    assert.deepEqual(
      [again.status, again.headers.get('idempotency-replayed'), again.body],
      [first.status, 'true', first.body],
    );
    assert.equal((await api.post(path, { ...body, amount: 1 }, key)).body.code, 'idempotency_key_reused');
  }
  const { body } = await api.get(`/v1/payments/${id}`);
  assert.deepEqual([body.amount_captured, body.amount_refunded], [500, 200]);
});

test('cancel: voids what is held, stops a challenge, and is kept in mind while in doubt', async () => {
  const cancel = async (id: string) => (await api.post(`/v1/payments/${id}/cancel`, {})).body;
  assert.equal((await cancel(await hold())).status, 'canceled');
  assert.equal((await cancel(await hold('tok_requires_action'))).status, 'canceled');
  const failed = await cancel(await hold('tok_void_fails'));
  assert.deepEqual(
    [failed.status, failed.amount_capturable, failed.last_error.code],
    ['requires_capture', 1000, 'declined'],
  );
  const doubt = await cancel(await hold('tok_timeout_approved'));
  assert.deepEqual([doubt.status, doubt.cancel_wanted], ['in_doubt', true]);
  const part = await hold();
  await api.post(`/v1/payments/${part}/capture`, { amount: 300 });
  const rest = await cancel(part);
  assert.deepEqual([rest.status, rest.amount_authorized, rest.amount_capturable], ['partially_captured', 300, 0]);
  const { body: paid } = await api.pay('tok_approved');
  assert.equal((await cancel(paid.id)).code, 'payment_not_cancelable');
});

test('confirm: later, or with another payment method after a decline', async () => {
  const { body: created } = await api.post('/v1/payments', { amount: 500, currency: 'EUR', confirm: false });
  assert.equal(created.status, 'requires_payment_method');
  const confirm = (token: string) =>
    api.post(`/v1/payments/${created.id}/confirm`, { payment_method: { type: 'card', token } });
  assert.equal((await confirm('tok_declined')).body.status, 'requires_payment_method');
  const paid = await confirm('tok_approved');
  assert.deepEqual([paid.status, paid.body.status, paid.body.operations.length], [200, 'succeeded', 2]);
  assert.equal((await confirm('tok_approved')).body.code, 'payment_not_confirmable');
});

test('partial approval: taken where it is allowed, given back where it is not', async () => {
  const allowed = (await api.pay('tok_partial_approval', { allow_partial_authorization: true })).body;
  assert.deepEqual([allowed.status, allowed.amount_captured, allowed.conflict], ['succeeded', 500, null]);
  const refused = (await api.pay('tok_partial_approval', { capture: 'manual' })).body;
  assert.deepEqual(
    [refused.status, refused.amount_authorized, refused.last_error.code],
    ['requires_payment_method', 0, 'partial_approval_refused'],
  );
});

test('an operator ends doubts and conflicts, with its scope, a name and a reason', async () => {
  const doubt = (await api.pay('tok_timeout_lost')).body;
  const evidence = { operation: doubt.operations[0].id, outcome: 'not_happened', reason: 'the provider said so' };
  const merchant = await api.tokenFor('payments:read payments:write');
  assert.equal(
    (await api.post(`/v1/payments/${doubt.id}/evidence`, evidence, { authorization: `Bearer ${merchant}` })).status,
    403,
  );
  const ended = await api.post(`/v1/payments/${doubt.id}/evidence`, evidence);
  assert.deepEqual(
    [ended.status, ended.body.status, ended.body.operations[0].evidence],
    [200, 'requires_payment_method', 'operator'],
  );
  const mismatch = (await api.pay('tok_amount_mismatch')).body;
  const undone = await api.post(`/v1/payments/${mismatch.id}/evidence`, {
    operation: mismatch.operations[0].id,
    outcome: 'return_money',
    reason: 'not what was ordered',
  });
  assert.deepEqual([undone.body.status, undone.body.amount_refunded, undone.body.conflict], ['canceled', 1100, null]);
  const other = await api.post(`/v1/payments/${doubt.id}/evidence`, {
    ...evidence,
    operation: mismatch.operations[0].id,
  });
  assert.deepEqual([other.status, other.body.code], [404, 'operation_not_found']);
});

test('the facts and the timeline: in order, in the words of the API, without tokens and credentials', async () => {
  const { body: payment } = await api.pay('tok_approved', { customer: 'cus_1', description: 'private' });
  await api.post(`/v1/payments/${payment.id}/refunds`, { amount: 1 });
  const { body: facts } = await api.get(`/v1/payments/${payment.id}/events`);
  const types = facts.data.map((fact: { type: string }) => fact.type);
  assert.deepEqual(types, [
    'payment.created',
    'operation.sent',
    'operation.succeeded',
    'operation.sent',
    'operation.succeeded',
  ]);
  assert.deepEqual([facts.data[0].data.amount, facts.data[2].data.captured], [1000, 1000]);
  const { body: timeline } = await api.get(`/v1/payments/${payment.id}/timeline`);
  const exchanges = timeline.data.filter((item: { object: string }) => item.object === 'exchange');
  assert.equal(exchanges.length, 2);
  assert.equal(exchanges[0].response.status, 200);
  const { method, path, url, headers } = exchanges[0].request;
  assert.deepEqual([method, path, url, headers['idempotency-key']], ['POST', '/v1/charges', undefined, '***']);
  assert.doesNotMatch(JSON.stringify(exchanges), /127\.0\.0\.1|localhost|http:/);
  const entries = timeline.data.filter((item: { object: string }) => item.object === 'ledger_entry');
  assert.deepEqual(
    entries.map((entry: { reason: string; lines: { amount: number }[] }) => [
      entry.reason,
      entry.lines.map((line) => line.amount),
    ]),
    [
      ['captured', [1000, 1000]],
      ['refunded', [1, 1]],
    ],
  );
  assert.doesNotMatch(JSON.stringify([facts, timeline]), /tok_approved|Bearer|private|cus_1/);
});
