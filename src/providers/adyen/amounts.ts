import { type Currency, exponentOf, parseCurrency } from '#core/money/currencies.ts';
import { isObject, type JsonObject, minorUnits, text } from '#core/provider/answer.ts';

/** Where Adyen counts in other decimals than ISO 4217. Source: docs.adyen.com/development-resources/currency-codes. */
const DECIMALS: { readonly [currency: string]: number } = { CLP: 2, CVE: 0, IDR: 0, ISK: 2 };

/** Adyen's units; null where they can't hold the amount: a part of a unit. */
export function unitsOf(amountMinor: bigint, currency: Currency): bigint | null {
  return scale(amountMinor, exponentOf(currency), decimalsOf(currency));
}

export type SeenAmount = { amountMinor: bigint | null; currency: string | null };

/**
 * What an answer or a webhook says under `amount`, in our minor units; nulls where it says nothing. 'inexact': it says what we have no unit for,
 * and must not be rounded.
 */
export function amountIn(object: JsonObject): SeenAmount | 'inexact' {
  const amount = object['amount'];
  if (!isObject(amount)) return { amountMinor: null, currency: null };
  const units = minorUnits(amount, 'value');
  const code = text(amount, 'currency');
  const currency = code === null ? undefined : parseCurrency(code);
  if (units === null || currency === undefined) return 'inexact';
  const amountMinor = scale(units, decimalsOf(currency), exponentOf(currency));
  return amountMinor === null ? 'inexact' : { amountMinor, currency };
}

function decimalsOf(currency: Currency): number {
  return DECIMALS[currency] ?? exponentOf(currency);
}

function scale(amount: bigint, from: number, to: number): bigint | null {
  if (to >= from) return amount * 10n ** BigInt(to - from);
  const divisor = 10n ** BigInt(from - to);
  return amount % divisor === 0n ? amount / divisor : null;
}
