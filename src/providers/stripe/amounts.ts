import { type Currency, exponentOf, parseCurrency } from '#core/money/currencies.ts';

/**
 * Where Stripe's units have other decimals than ISO 4217. Source: docs.stripe.com/currencies, "Zero-decimal currencies" (MGA) and "Special cases"
 * (ISK and UGX are sent with two decimals that are always 00).
 */
const DECIMALS: { readonly [currency: string]: number } = { ISK: 2, UGX: 2, MGA: 0 };
/** The last of three decimals must be 0. Source: the same page. */
const STEP_OF_THREE_DECIMALS = 10n;

/** The amount in Stripe's units; null where it has none: a part of one, or a third decimal that is not 0. Nothing is rounded. */
export function unitsOf(amountMinor: bigint, currency: Currency): bigint | null {
  const surplus = exponentOf(currency) - decimalsOf(currency);
  if (surplus <= 0) {
    const isFine = decimalsOf(currency) !== 3 || amountMinor % STEP_OF_THREE_DECIMALS === 0n;
    return isFine ? amountMinor * 10n ** BigInt(-surplus) : null;
  }
  const divisor = 10n ** BigInt(surplus);
  return amountMinor % divisor === 0n ? amountMinor / divisor : null;
}

/** Null for a currency that ISO 4217 doesn't have, or an amount that minor units can't say. */
export function minorOf(units: bigint, lowerCaseCurrency: string): { amountMinor: bigint; currency: Currency } | null {
  const currency = parseCurrency(lowerCaseCurrency.toUpperCase());
  if (currency === undefined) return null;
  const surplus = decimalsOf(currency) - exponentOf(currency);
  if (surplus <= 0) return { amountMinor: units * 10n ** BigInt(-surplus), currency };
  const divisor = 10n ** BigInt(surplus);
  return units % divisor === 0n ? { amountMinor: units / divisor, currency } : null;
}

function decimalsOf(currency: Currency): number {
  return DECIMALS[currency] ?? exponentOf(currency);
}
