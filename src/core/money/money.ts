import { assert } from '#core/kit/assert.ts';
import { type Currency, exponentOf } from '#core/money/currencies.ts';

/** `amountMinor` counts minor units: 1999n in EUR is 19.99, in JPY 1999, in KWD 1.999. It may be negative. */
export type Money = { readonly amountMinor: bigint; readonly currency: Currency };

/** The most that one payment may be, in any currency. Sums over payments may be more. */
export const AMOUNT_MINOR_MAX = 999_999_999_999n;

/** The longest decimal that is read, in digits of minor units; what has 18 fits a signed 64-bit integer, as databases keep it. */
const DECIMAL_DIGITS_MAX = 18;

// Two currencies in one sum are a bug of ours. What a provider reports may be in any currency: look at it with `equals` first.

export function add(left: Money, right: Money): Money {
  assertSameCurrency(left, right);
  return { amountMinor: left.amountMinor + right.amountMinor, currency: left.currency };
}

export function subtract(left: Money, right: Money): Money {
  assertSameCurrency(left, right);
  return { amountMinor: left.amountMinor - right.amountMinor, currency: left.currency };
}

/** For ordering: below, at or above zero as `left` is less than, equal to or more than `right`. */
export function compare(left: Money, right: Money): -1 | 0 | 1 {
  assertSameCurrency(left, right);
  if (left.amountMinor === right.amountMinor) return 0;
  return left.amountMinor < right.amountMinor ? -1 : 1;
}

/** Never throws: money in another currency is simply not equal, zero included. */
export function equals(left: Money, right: Money): boolean {
  return left.currency === right.currency && left.amountMinor === right.amountMinor;
}

/** The amount with all digits of its minor unit and without its currency: '-0.05' (EUR), '5' (JPY), '1.250' (KWD). */
export function format(money: Money): string {
  const exponent = exponentOf(money.currency);
  const negative = money.amountMinor < 0n;
  const digits = String(negative ? -money.amountMinor : money.amountMinor).padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  const fraction = exponent === 0 ? '' : `.${digits.slice(point)}`;
  return `${negative ? '-' : ''}${digits.slice(0, point)}${fraction}`;
}

/**
 * Reads a decimal as files write it; undefined if there is any doubt: grouping, comma, plus sign, spaces, leading zeros, powers of
 * ten. Fewer fraction digits than the currency has are read ('1.5' EUR is 150n); more are refused even if they are zeros, for
 * '1.000' may mean a thousand.
 */
export function parseDecimal(text: string, currency: Currency): Money | undefined {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return undefined;
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const exponent = exponentOf(currency);
  if (fraction.length > exponent || whole.length + exponent > DECIMAL_DIGITS_MAX) return undefined;
  const magnitude = BigInt(whole + fraction.padEnd(exponent, '0'));
  return { amountMinor: negative ? -magnitude : magnitude, currency };
}

function assertSameCurrency(left: Money, right: Money): void {
  assert(left.currency === right.currency, `money in ${left.currency} and in ${right.currency} can't be joined`);
}
