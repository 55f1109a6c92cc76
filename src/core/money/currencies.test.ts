import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Currency, exponentOf, isActive, parseCurrency } from '#core/money/currencies.ts';

const A_TO_Z = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const all = A_TO_Z.flatMap((a) => A_TO_Z.flatMap((b) => A_TO_Z.map((c) => parseCurrency(a + b + c)))).filter(
  (code) => code !== undefined,
);
const active = all.filter(isActive);

function withExponent(exponent: number): string {
  return active.filter((code) => exponentOf(code) === exponent).join(' ');
}

test('List One of 2026-01-01 has 165 codes with a minor unit, so many of each exponent', () => {
  assert.equal(active.length, 165);
  assert.equal(withExponent(0), 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF');
  assert.equal(withExponent(3), 'BHD IQD JOD KWD LYD OMR TND');
  assert.equal(withExponent(4), 'CLF UYW');
  assert.equal(withExponent(2).split(' ').length, 139);
});

test('the codes that other tables get wrong', () => {
  const expected = {
    IQD: 3,
    LBP: 2,
    AFN: 2,
    MGA: 2,
    MRU: 2,
    UGX: 0,
    ISK: 0,
    XCG: 2,
    SLE: 2,
    VED: 2,
    VES: 2,
    ZWG: 2,
    XAD: 2,
  } as const;
  for (const [code, exponent] of Object.entries(expected)) {
    const currency = parseCurrency(code);
    assert.ok(currency !== undefined && isActive(currency), code);
    assert.equal(exponentOf(currency), exponent, code);
  }
});

test('the lev is read and printed but no longer begun', () => {
  assert.deepEqual(
    all.filter((code) => !isActive(code)),
    ['BGN'],
  );
  assert.equal(exponentOf('BGN'), 2);
});

test('not a currency: withdrawn before this platform was, without a minor unit, not a code', () => {
  const withdrawn = ['ANG', 'BYR', 'CUC', 'EEK', 'HRK', 'LTL', 'LVL', 'MRO', 'SLL', 'STD', 'VEF', 'ZMK', 'ZWL'];
  const withoutMinorUnit = ['XAG', 'XAU', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XPD', 'XPT', 'XSU', 'XTS', 'XUA', 'XXX'];
  const noCode = [
    '',
    'eur',
    'Eur',
    ' EUR',
    'EUR ',
    'EU',
    'EURO',
    '978',
    'CNH',
    'BTC',
    'constructor',
    'toString',
    '__proto__',
  ];
  for (const text of [...withdrawn, ...withoutMinorUnit, ...noCode]) assert.equal(parseCurrency(text), undefined, text);
});

// Intl's digits are Unicode's, chosen for display: coins that nobody uses any more are not shown. Where they differ from ISO, the money
// is counted as ISO says. All the others agree, so this is a second source for the table; a new ICU may bring a line to add or drop.
test('Intl says 0 digits where ISO says 2 (3 for the Iraqi dinar), and agrees on every other code', () => {
  const saysIntl = (currency: Currency) =>
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
  const differ = active.filter((code) => saysIntl(code) !== exponentOf(code));
  assert.equal(differ.join(' '), 'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SOS SYP YER');
  for (const code of differ) {
    assert.equal(saysIntl(code), 0, code);
    assert.equal(exponentOf(code), code === 'IQD' ? 3 : 2, code);
  }
});
