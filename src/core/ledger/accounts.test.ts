import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ACCOUNT_CLASSES, type Account, type AccountClass, accountOf, parseAccount, printAccount } from './accounts.ts';

const names = Object.keys(ACCOUNT_CLASSES) as AccountClass[];
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(':', '~', '%', '0', 'a') }),
);
const anyAccount: fc.Arbitrary<Account> = fc
  .tuple(fc.constantFrom(...names), anyText, anyText, anyText)
  .map(([name, merchant, second, currency]) => ({
    class: name,
    merchant,
    providerAccount: ACCOUNT_CLASSES[name].byProvider ? second : null,
    currency,
  }));

test('an id says what the account is', () => {
  const receivable: Account = {
    class: 'provider_receivable',
    merchant: 'm_1',
    providerAccount: 'simulator',
    currency: 'EUR',
  };
  assert.equal(printAccount(receivable), 'provider_receivable:m_1:simulator:EUR');
  const memo: Account = { class: 'memo:authorized', merchant: 'm:1', providerAccount: null, currency: 'EUR' };
  assert.equal(printAccount(memo), 'memo:authorized:m~003a1:EUR');
});

test('every account is read back from its id, which needs no escaping in a URL', () => {
  fc.assert(
    fc.property(anyAccount, (account) => {
      const id = printAccount(account);
      assert.deepEqual(parseAccount(id), account);
      assert.deepEqual(accountOf(id), account);
      assert.match(id, /^[\w.~:-]+$/);
    }),
  );
});

test('two accounts never have one id', () => {
  fc.assert(
    fc.property(anyAccount, anyAccount, (left, right) => {
      assert.equal(printAccount(left) === printAccount(right), JSON.stringify(left) === JSON.stringify(right));
    }),
  );
});

test('any other text is no account', () => {
  const texts = [
    '',
    'bank',
    'bank:m:EUR',
    'merchant_payable:m',
    'merchant_payable:m:a:EUR',
    'memo:m:EUR',
    'memo:nothing:m:EUR',
  ];
  const others = [
    'constructor:m:EUR',
    'merchant_payable:m 1:EUR',
    'merchant_payable:m~003A:EUR',
    'merchant_payable:~0061:EUR',
  ];
  for (const text of [...texts, ...others]) assert.equal(parseAccount(text), null, text);
  assert.throws(() => accountOf('bank'), /no account/);
});
