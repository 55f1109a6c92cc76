/**
 * ISO 4217 currencies and their exponents: how many decimal digits the minor unit has (EUR 2, so 1999 is 19.99).
 *
 * The exponents are a table because what the runtime's Intl says is for display: it gives the Iraqi dinar 0 where ISO says 3, and
 * an amount would be wrong by a factor of 1000. currencies.test.ts lists all the differences.
 *
 * To renew it: take List One from its source, keep every code with a number of minor units, move what has left to `withdrawn`.
 * A code that a payment may have been taken in is never removed: its stored payments must still fold, print and be refunded.
 *
 * Source: SIX Group, ISO 4217 List One (current currency and funds codes), published 2026-01-01, up to and with amendment 180.
 */

/**
 * All of List One that has a minor unit, the fund codes (CLF, UYW, USN …) too; whether one can be paid in is for the provider to say.
 * Left out, since List One gives them none and no amount could be written: XAG XAU XPD XPT (metals), XBA XBB XBC XBD (bonds),
 * XDR XSU XUA (units of account), XTS (for tests), XXX (no currency).
 */
const active = {
  AED: 2,
  AFN: 2,
  ALL: 2,
  AMD: 2,
  AOA: 2,
  ARS: 2,
  AUD: 2,
  AWG: 2,
  AZN: 2,
  BAM: 2,
  BBD: 2,
  BDT: 2,
  BHD: 3,
  BIF: 0,
  BMD: 2,
  BND: 2,
  BOB: 2,
  BOV: 2,
  BRL: 2,
  BSD: 2,
  BTN: 2,
  BWP: 2,
  BYN: 2,
  BZD: 2,
  CAD: 2,
  CDF: 2,
  CHE: 2,
  CHF: 2,
  CHW: 2,
  CLF: 4,
  CLP: 0,
  CNY: 2,
  COP: 2,
  COU: 2,
  CRC: 2,
  CUP: 2,
  CVE: 2,
  CZK: 2,
  DJF: 0,
  DKK: 2,
  DOP: 2,
  DZD: 2,
  EGP: 2,
  ERN: 2,
  ETB: 2,
  EUR: 2,
  FJD: 2,
  FKP: 2,
  GBP: 2,
  GEL: 2,
  GHS: 2,
  GIP: 2,
  GMD: 2,
  GNF: 0,
  GTQ: 2,
  GYD: 2,
  HKD: 2,
  HNL: 2,
  HTG: 2,
  HUF: 2,
  IDR: 2,
  ILS: 2,
  INR: 2,
  IQD: 3,
  IRR: 2,
  ISK: 0,
  JMD: 2,
  JOD: 3,
  JPY: 0,
  KES: 2,
  KGS: 2,
  KHR: 2,
  KMF: 0,
  KPW: 2,
  KRW: 0,
  KWD: 3,
  KYD: 2,
  KZT: 2,
  LAK: 2,
  LBP: 2,
  LKR: 2,
  LRD: 2,
  LSL: 2,
  LYD: 3,
  MAD: 2,
  MDL: 2,
  MGA: 2,
  MKD: 2,
  MMK: 2,
  MNT: 2,
  MOP: 2,
  MRU: 2,
  MUR: 2,
  MVR: 2,
  MWK: 2,
  MXN: 2,
  MXV: 2,
  MYR: 2,
  MZN: 2,
  NAD: 2,
  NGN: 2,
  NIO: 2,
  NOK: 2,
  NPR: 2,
  NZD: 2,
  OMR: 3,
  PAB: 2,
  PEN: 2,
  PGK: 2,
  PHP: 2,
  PKR: 2,
  PLN: 2,
  PYG: 0,
  QAR: 2,
  RON: 2,
  RSD: 2,
  RUB: 2,
  RWF: 0,
  SAR: 2,
  SBD: 2,
  SCR: 2,
  SDG: 2,
  SEK: 2,
  SGD: 2,
  SHP: 2,
  SLE: 2,
  SOS: 2,
  SRD: 2,
  SSP: 2,
  STN: 2,
  SVC: 2,
  SYP: 2,
  SZL: 2,
  THB: 2,
  TJS: 2,
  TMT: 2,
  TND: 3,
  TOP: 2,
  TRY: 2,
  TTD: 2,
  TWD: 2,
  TZS: 2,
  UAH: 2,
  UGX: 0,
  USD: 2,
  USN: 2,
  UYI: 0,
  UYU: 2,
  UYW: 4,
  UZS: 2,
  VED: 2,
  VES: 2,
  VND: 0,
  VUV: 0,
  WST: 2,
  XAD: 2,
  XAF: 0,
  XCD: 2,
  XCG: 2,
  XOF: 0,
  XPF: 0,
  YER: 2,
  ZAR: 2,
  ZMW: 2,
  ZWG: 2,
} as const satisfies Record<string, 0 | 2 | 3 | 4>;

/**
 * No longer in List One, but still read.
 * BGN: Bulgaria took the euro on 2026-01-01; refunds and disputes of payments made in leva go on arriving long after.
 * Not here, since no payment of this platform can be in them: ANG (now XCG), CUC, HRK, SLL (now SLE), ZWL (now ZWG) and older ones.
 */
const withdrawn = {
  BGN: 2,
} as const satisfies Record<string, 0 | 2 | 3 | 4>;

const exponents = { ...active, ...withdrawn };

export type Currency = keyof typeof exponents;

/** All of them, withdrawn ones too. */
export const CURRENCIES = Object.keys(exponents) as readonly Currency[];

/** Reads a code, active or withdrawn; capitals only. A door that takes new payments asks `isActive` as well. */
export function parseCurrency(text: string): Currency | undefined {
  return isCurrency(text) ? text : undefined;
}

/** False for a code that ISO has withdrawn: what exists in it goes on, nothing new is begun in it. */
export function isActive(currency: Currency): boolean {
  return Object.hasOwn(active, currency);
}

export function exponentOf(currency: Currency): 0 | 2 | 3 | 4 {
  return exponents[currency];
}

// hasOwn and not `in`: 'constructor' is no currency.
function isCurrency(text: string): text is Currency {
  return Object.hasOwn(exponents, text);
}
