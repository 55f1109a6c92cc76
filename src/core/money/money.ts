import { type Currency, exponentOf } from '#core/money/currencies.ts';

/** The most that one payment may be, in minor units of any currency. Sums over payments may be more. */
export const AMOUNT_MINOR_MAX = 999_999_999_999n;

/** An amount for a person, with all digits of its minor unit: '-0.05 EUR', '5 JPY', '1.250 KWD'. */
export function formatMoney(amountMinor: bigint, currency: Currency): string {
  const exponent = exponentOf(currency);
  const digits = String(amountMinor < 0n ? -amountMinor : amountMinor).padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  const fraction = exponent === 0 ? '' : `.${digits.slice(point)}`;
  return `${amountMinor < 0n ? '-' : ''}${digits.slice(0, point)}${fraction} ${currency}`;
}
