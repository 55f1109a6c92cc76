import assert from 'node:assert/strict';
import test from 'node:test';
import type { ClassTotals } from './ports.ts';
import { trialBalanceOf } from './trialBalance.ts';

const row = (name: ClassTotals['class'], currency: string, debitMinor: bigint, creditMinor: bigint): ClassTotals => ({
  class: name,
  currency,
  debitMinor,
  creditMinor,
});

test('classes by currency, in the order of the chart, each on its own side, memos apart', () => {
  const balance = trialBalanceOf([
    row('memo:authorized_contra', 'EUR', 100n, 400n),
    row('memo:authorized', 'EUR', 400n, 100n),
    row('merchant_payable', 'EUR', 200n, 1000n),
    row('provider_receivable', 'EUR', 1000n, 200n),
    row('bank', 'CHF', 0n, 0n),
  ]);
  assert.deepEqual(
    balance.money.map(({ currency, differenceMinor, classes }) => [
      currency,
      differenceMinor,
      classes.map((one) => [one.class, one.balanceMinor]),
    ]),
    [
      ['CHF', 0n, [['bank', 0n]]],
      [
        'EUR',
        0n,
        [
          ['provider_receivable', 800n],
          ['merchant_payable', 800n],
        ],
      ],
    ],
  );
  assert.deepEqual(
    balance.memo.map(({ debitMinor, creditMinor, classes }) => [
      debitMinor,
      creditMinor,
      classes.map((one) => one.class),
    ]),
    [[500n, 500n, ['memo:authorized', 'memo:authorized_contra']]],
  );
});

test('books that are broken say by how much', () => {
  const [euro] = trialBalanceOf([row('bank', 'EUR', 5n, 0n), row('merchant_payable', 'EUR', 0n, 3n)]).money;
  assert.equal(euro?.differenceMinor, 2n);
});
