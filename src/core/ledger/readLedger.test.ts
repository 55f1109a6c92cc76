import assert from 'node:assert/strict';
import test from 'node:test';
import { createCommand, tell } from '#core/payments/testKit.ts';
import { createMemoryLedger } from './memory.ts';
import { createReadLedger } from './readLedger.ts';
import { entriesUpTo, historyOf } from './testKit.ts';

const MINE = { merchant: 'mer_1', asOf: null, after: null, limit: 10 };
const PAYABLE = 'merchant_payable:mer_1:EUR';

async function setUp() {
  const ledger = createMemoryLedger();
  const entries = entriesUpTo(historyOf([createCommand({ capture: 'automatic' }), tell(1, 'succeeded')]), 2);
  await ledger.append({ entries: entries.map((entry) => ({ ...entry, position: 2 })), position: 2 });
  return createReadLedger({ ledger });
}

test('a merchant reads its own accounts, their lines and a trial balance that balances by itself', async () => {
  const read = await setUp();
  const accounts = await read.accounts(MINE);
  assert.deepEqual(accounts.ok && accounts.value.rows.map((row) => row.account), [
    PAYABLE,
    'provider_receivable:mer_1:acct_1:EUR',
  ]);
  const lines = await read.lines(PAYABLE, MINE);
  assert.deepEqual(lines.ok && lines.value.rows.map((line) => [line.reason, line.side, line.amountMinor]), [
    ['captured', 'credit', 1000n],
  ]);
  assert.deepEqual(
    (await read.trialBalance(MINE)).money.map((row) => [row.currency, row.debitMinor, row.differenceMinor]),
    [['EUR', 1000n, 0n]],
  );
});

test("another merchant's account is not found, and the operator's is", async () => {
  const read = await setUp();
  const other = { ...MINE, merchant: 'mer_2' };
  const notFound = { ok: false, error: { code: 'account_not_found' } };
  assert.deepEqual(await read.lines(PAYABLE, other), notFound);
  assert.deepEqual(await read.lines('merchant_payable:mer_1:JPY', MINE), notFound);
  assert.deepEqual(await read.lines('no account', MINE), notFound);
  assert.equal((await read.lines(PAYABLE, { ...MINE, merchant: null })).ok, true);
  assert.deepEqual(await read.accounts(other), { ok: true, value: { rows: [], next: null } });
  assert.deepEqual(await read.trialBalance(other), { money: [], memo: [] });
});

test('a cursor that no list gave is refused', async () => {
  const read = await setUp();
  const refused = { ok: false, error: { code: 'cursor_invalid' } };
  assert.deepEqual(await read.accounts({ ...MINE, after: 'x' }), refused);
  assert.deepEqual(await read.lines(PAYABLE, { ...MINE, after: 'x' }), refused);
});
