import assert from 'node:assert/strict';
import test from 'node:test';
import { Hono } from 'hono';
import { ProblemError, problem } from '#api/problems.ts';
import { printAccount } from '#core/ledger/accounts.ts';
import { transfer } from '#core/ledger/entry.ts';
import { createMemoryLedger } from '#core/ledger/memory.ts';
import { createReadLedger } from '#core/ledger/readLedger.ts';
import { routeLedger } from './ledger.ts';

const TIME = Date.parse('2026-01-02T03:04:05Z');

/** 1999 captured for each of two merchants, a second apart. The token is "<merchant> <scope>". */
async function setUp({ amountMinor = 1999n, times = 1 }: { amountMinor?: bigint; times?: number } = {}) {
  const ledger = createMemoryLedger();
  const merchants = Array.from({ length: times }, () => ['m_1', 'm_2']).flat();
  const entries = merchants.map((merchant, index) => {
    const debit = printAccount({ class: 'provider_receivable', merchant, providerAccount: 'sim', currency: 'EUR' });
    const credit = printAccount({ class: 'merchant_payable', merchant, providerAccount: null, currency: 'EUR' });
    const entry = transfer('captured', 'EUR', { debit, credit, amountMinor });
    assert.ok(entry);
    const position = index + 1;
    return { stream: `pay_${'0'.repeat(31)}${position}`, seq: 2, n: 1, at: TIME + index * 1000, position, ...entry };
  });
  await ledger.append({ entries, position: entries.length });
  const app = new Hono();
  const authenticate = async (authorization: string | undefined, scope: string) => {
    const [merchant = '', ...scopes] = (authorization ?? '').split(' ');
    if (!scopes.includes(scope)) throw new ProblemError('scope_insufficient');
    return { subject: 's', client: 'c', merchant, scopes: new Set(scopes) };
  };
  routeLedger(app, { authenticate, readLedger: createReadLedger({ ledger }) });
  app.onError((error, c) =>
    error instanceof ProblemError ? problem(c, error.code, error.details) : problem(c, 'internal_error'),
  );
  return async (path: string, authorization = 'm_1 ledger:read') => {
    const response = await app.request(path, { headers: { authorization } });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) as Record<string, never> };
  };
}

const ids = (body: { data?: readonly { id: string }[] }) => body.data?.map((row) => row.id);

test('a merchant sees its own accounts, the operator all', async () => {
  const get = await setUp();
  const own = await get('/v1/ledger/accounts');
  assert.deepEqual(ids(own.body), ['merchant_payable:m_1:EUR', 'provider_receivable:m_1:sim:EUR']);
  assert.deepEqual(own.body['data']?.[1], {
    id: 'provider_receivable:m_1:sim:EUR',
    object: 'ledger_account',
    class: 'provider_receivable',
    kind: 'asset',
    normal_side: 'debit',
    merchant: 'm_1',
    provider_account: 'sim',
    currency: 'EUR',
    debits: 1999,
    credits: 0,
    balance: 1999,
  });
  assert.equal(ids((await get('/v1/ledger/accounts', 'm_1 ledger:read operations:read')).body)?.length, 4);
  assert.equal((await get('/v1/ledger/accounts', 'm_1 payments:read')).status, 403);
});

test('accounts come page by page', async () => {
  const get = await setUp();
  const first = await get('/v1/ledger/accounts?limit=1');
  assert.deepEqual(ids(first.body), ['merchant_payable:m_1:EUR']);
  const second = await get(`/v1/ledger/accounts?limit=1&cursor=${String(first.body['next_cursor'])}`);
  assert.deepEqual(ids(second.body), ['provider_receivable:m_1:sim:EUR']);
  assert.equal(second.body['next_cursor'], null);
  const wrong = await get('/v1/ledger/accounts?cursor=x');
  assert.deepEqual([wrong.status, wrong.body['code']], [400, 'cursor_invalid']);
});

test('the entries of an account', async () => {
  const get = await setUp();
  const { body } = await get('/v1/ledger/accounts/merchant_payable:m_1:EUR/entries');
  assert.deepEqual(body['data'], [
    {
      id: `ent_${'0'.repeat(31)}1_2_1`,
      object: 'ledger_entry',
      account: 'merchant_payable:m_1:EUR',
      payment: `pay_${'0'.repeat(31)}1`,
      reason: 'captured',
      side: 'credit',
      amount: 1999,
      currency: 'EUR',
      at: '2026-01-02T03:04:05.000Z',
    },
  ]);
  assert.equal((await get('/v1/ledger/accounts/merchant_payable:m_2:EUR/entries')).status, 404);
  assert.equal((await get('/v1/ledger/accounts/merchant_payable:m_2:EUR/entries', 'm_1 operations:read')).status, 200);
  assert.equal((await get('/v1/ledger/accounts/merchant_payable:m_1:EUR/entries?cursor=x')).status, 400);
});

test('the trial balance sums to zero, now and as of a time', async () => {
  const get = await setUp();
  const { body } = await get('/v1/ledger/trial_balance', 'm_1 operations:read');
  const [euro] = body['currencies'] as unknown as readonly Record<string, unknown>[];
  assert.deepEqual([euro?.['debits'], euro?.['credits'], euro?.['difference'], body['as_of']], [3998, 3998, 0, null]);
  const then = await get('/v1/ledger/trial_balance?as_of=2026-01-02T04:04:05%2B01:00', 'm_1 operations:read');
  assert.equal(then.body['as_of'], '2026-01-02T03:04:05.000Z');
  assert.deepEqual(then.body['currencies'], [
    {
      currency: 'EUR',
      debits: 1999,
      credits: 1999,
      difference: 0,
      classes: [
        { class: 'provider_receivable', kind: 'asset', normal_side: 'debit', debits: 1999, credits: 0, balance: 1999 },
        {
          class: 'merchant_payable',
          kind: 'liability',
          normal_side: 'credit',
          debits: 0,
          credits: 1999,
          balance: 1999,
        },
      ],
    },
  ]);
  assert.deepEqual((await get('/v1/ledger/trial_balance')).body['memo'], []);
  const wrong = await get('/v1/ledger/trial_balance?as_of=yesterday');
  assert.deepEqual([wrong.status, wrong.body['code']], [400, 'request_malformed']);
});

test('a sum that is larger than any payment, and than a number holds exactly, is an exact integer', async () => {
  const amountMinor = 999_999_999_999_999n;
  const get = await setUp({ amountMinor, times: 11 });
  const sum = String(amountMinor * 11n);
  const accounts = await get('/v1/ledger/accounts');
  assert.equal(accounts.status, 200);
  assert.match(accounts.text, new RegExp(`"debits":0,"credits":${sum},"balance":${sum}[,}]`));
  const balance = await get('/v1/ledger/trial_balance', 'm_1 operations:read');
  assert.match(
    balance.text,
    new RegExp(`"debits":${amountMinor * 22n},"credits":${amountMinor * 22n},"difference":0,`),
  );
});
