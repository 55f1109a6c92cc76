import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Api, startApi, until } from './harness.ts';

let api: Api;
before(async () => {
  api = await startApi();
});
after(() => api.stop());

type Expected = {
  status: number;
  payment: string;
  error?: string;
  decline?: string;
  retryable?: boolean;
  captured?: number;
  conflict?: string;
};

const TOKENS: Readonly<Record<string, Expected>> = {
  tok_approved: { status: 201, payment: 'succeeded', captured: 1000 },
  tok_declined: {
    status: 201,
    payment: 'requires_payment_method',
    error: 'declined',
    decline: 'do_not_honor',
    retryable: false,
  },
  tok_insufficient_funds: {
    status: 201,
    payment: 'requires_payment_method',
    error: 'declined',
    decline: 'insufficient_funds',
    retryable: true,
  },
  tok_expired_card: {
    status: 201,
    payment: 'requires_payment_method',
    error: 'declined',
    decline: 'expired_card',
    retryable: false,
  },
  tok_fraud: {
    status: 201,
    payment: 'requires_payment_method',
    error: 'declined',
    decline: 'suspected_fraud',
    retryable: false,
  },
  tok_requires_action: { status: 201, payment: 'requires_action' },
  tok_pending: { status: 202, payment: 'processing' },
  tok_timeout_approved: { status: 202, payment: 'in_doubt' },
  tok_timeout_lost: { status: 202, payment: 'in_doubt' },
  tok_http_502: { status: 202, payment: 'in_doubt' },
  tok_connection_refused: {
    status: 201,
    payment: 'requires_payment_method',
    error: 'provider_unavailable',
    retryable: true,
  },
  tok_amount_mismatch: { status: 201, payment: 'succeeded', captured: 1100, conflict: 'amount_mismatch' },
  tok_partial_approval: {
    status: 201,
    payment: 'requires_payment_method',
    error: 'partial_approval_refused',
    captured: 500,
  },
  tok_capture_fails: { status: 201, payment: 'requires_capture', error: 'declined' },
  tok_nobody_knows: { status: 201, payment: 'requires_payment_method', error: 'rejected', retryable: false },
};

for (const [token, expected] of Object.entries(TOKENS)) {
  test(`${token}: ${expected.status} ${expected.payment}`, { timeout: 20_000 }, async () => {
    const { status, body, headers } = await api.pay(token);
    assert.equal(status, expected.status);
    assert.equal(body.status, expected.payment);
    assert.equal(body.amount_captured, expected.captured ?? 0);
    assert.equal(body.conflict?.reason ?? null, expected.conflict ?? null);
    assert.equal(body.last_error?.code ?? null, expected.error ?? null);
    if (expected.decline !== undefined) assert.equal(body.last_error.decline_code, expected.decline);
    if (expected.retryable !== undefined) assert.equal(body.last_error.retryable, expected.retryable);
    assert.equal(headers.get('location'), `/v1/payments/${body.id}`);
    const { body: read } = await api.get(`/v1/payments/${body.id}?as_of=${body.version}`);
    assert.deepEqual(read, body, 'read back as it was answered');
  });
}

test('doubts end by an inquiry, each by what really happened, and the books agree', { timeout: 30_000 }, async () => {
  const [taken, lost] = await Promise.all([api.pay('tok_timeout_approved'), api.pay('tok_timeout_lost')]);
  const resolved = async (id: string) => {
    const { body } = await api.get(`/v1/payments/${id}`);
    return body.status === 'in_doubt' ? undefined : body;
  };
  const [first, second] = await Promise.all([
    until(() => resolved(taken.body.id)),
    until(() => resolved(lost.body.id)),
  ]);
  assert.deepEqual([first.status, first.operations[0].evidence], ['succeeded', 'inquiry']);
  assert.deepEqual([second.status, second.last_error.code], ['requires_payment_method', 'not_received']);
  const { body: books } = await api.get(`/simulator/charges?reference=${first.operations[0].id}`);
  assert.deepEqual(
    books.data.map((charge: { amount_captured: number }) => charge.amount_captured),
    [1000],
  );
});

test('a challenge: the customer approves at the provider, and comes back through us to the shop', async () => {
  const { body } = await api.pay('tok_requires_action', { return_url: 'https://shop.example/done?cart=7' });
  assert.equal(body.next_action.type, 'redirect_to_url');
  const approved = await fetch(body.next_action.url, {
    method: 'POST',
    body: new URLSearchParams({ decision: 'approve' }),
    redirect: 'manual',
  });
  const back = await fetch(approved.headers.get('location') ?? '', { redirect: 'manual' });
  assert.equal(back.headers.get('location'), `https://shop.example/done?cart=7&payment=${body.id}`);
  const { body: now } = await api.get(`/v1/payments/${body.id}`);
  assert.deepEqual([now.status, now.next_action], ['succeeded', null]);
});

test('a return link that is opened again and again asks the provider once and writes nothing', async () => {
  const { body } = await api.pay('tok_requires_action', { return_url: 'https://shop.example/done' });
  await Promise.all(Array.from({ length: 20 }, () => fetch(`${api.url}/return/${body.id}`, { redirect: 'manual' })));
  const { body: now } = await api.get(`/v1/payments/${body.id}`);
  assert.deepEqual([now.status, now.version], ['requires_action', body.version]);
});

test('fifty identical creates at once: one payment, one charge', async () => {
  const replies = await Promise.all(
    Array.from({ length: 50 }, () => api.pay('tok_approved', {}, { 'idempotency-key': 'same' })),
  );
  const created = replies.filter(({ status }) => status === 201);
  const others = replies.filter(({ status }) => status === 409);
  assert.equal(created.length + others.length, 50);
  assert.equal(new Set(created.map(({ body }) => body.id)).size, 1);
  assert.equal(created.filter(({ headers }) => headers.get('idempotency-replayed') === null).length, 1);
  for (const { headers, body } of others) {
    assert.equal(body.code, 'idempotency_key_in_use');
    assert.ok(Number(headers.get('retry-after')) >= 1);
  }
  const again = await api.pay('tok_approved', {}, { 'idempotency-key': 'same' });
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual(again.body, created[0]?.body);
  const { body: books } = await api.get(`/simulator/charges?reference=${again.body.operations[0].id}`);
  assert.equal(books.data.length, 1);
});

test('the list: newest first, by status, in pages that stay as they are while new payments come', async () => {
  const made: string[] = [];
  for (let n = 0; n < 5; n += 1) made.push((await api.pay(n % 2 === 0 ? 'tok_approved' : 'tok_declined')).body.id);
  await until(async () => (await api.get('/v1/payments?limit=1')).body.data[0]?.id === made[4]);
  const first = await api.get('/v1/payments?limit=2');
  assert.deepEqual(
    first.body.data.map((payment: { id: string }) => payment.id),
    [made[4], made[3]],
  );
  const later = (await api.pay('tok_approved')).body.id;
  await until(async () => (await api.get('/v1/payments?limit=1')).body.data[0]?.id === later);
  const second = await api.get(`/v1/payments?limit=2&cursor=${first.body.next_cursor}`);
  assert.deepEqual(
    second.body.data.map((payment: { id: string }) => payment.id),
    [made[2], made[1]],
  );
  const declined = await api.get('/v1/payments?limit=1&status=requires_payment_method');
  assert.equal(declined.body.data[0].id, made[3]);
});

test('nothing was wrong', () => {
  assert.deepEqual(
    api.logged.filter((line) => !line.includes('"level":"info"')),
    [],
  );
});
