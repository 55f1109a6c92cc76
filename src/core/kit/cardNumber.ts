/**
 * Finds card numbers in text, so that they are refused at the door and masked in what we keep.
 *
 * One in ten digit strings of that length passes the Luhn check, so a number also needs a known scheme prefix and a length that
 * the scheme issues. Inside a long run of letters and digits (24 or more: a UUID without hyphens, a ULID, a hash) digits are
 * taken for a part of that identifier.
 */

/** Digits, contiguous or in groups set apart by one space or hyphen each. */
const DIGIT_GROUPS = /\d+(?:[ -]\d+)*/g;
const DIGITS_MIN = 12;
/** Cheap, and almost always the last word. */
const MAY_HOLD_ONE = /\d[\d -]{10}\d/;
const NONE: readonly string[] = [];
const GROUPS_MAX = 5;
/** How cards print their digits; other groupings (a UUID's, a phone number's) are not card numbers. */
const GROUPINGS: ReadonlySet<string> = new Set([
  '4,4,4,4',
  '4,6,5',
  '4,6,4',
  '4,4,4,4,3',
  '4,4,4,4,2',
  '4,4,4,1',
  '6,13',
]);
const IDENTIFIER_CHARACTERS_MIN = 24;

/** First and last prefix (inclusive, same number of digits), and the lengths. Source: ISO/IEC 7812 ranges as the schemes publish them. */
const SCHEMES: readonly { from: string; to: string; lengths: readonly number[] }[] = [
  { from: '4', to: '4', lengths: [13, 16, 19] }, // Visa
  { from: '51', to: '55', lengths: [16] }, // Mastercard
  { from: '2221', to: '2720', lengths: [16] }, // Mastercard, 2-series
  { from: '34', to: '34', lengths: [15] }, // American Express
  { from: '37', to: '37', lengths: [15] },
  { from: '6011', to: '6011', lengths: [16, 17, 18, 19] }, // Discover
  { from: '644', to: '659', lengths: [16, 17, 18, 19] },
  { from: '300', to: '305', lengths: [14, 16, 17, 18, 19] }, // Diners Club
  { from: '36', to: '36', lengths: [14, 15, 16, 17, 18, 19] },
  { from: '38', to: '39', lengths: [14, 16, 17, 18, 19] },
  { from: '3528', to: '3589', lengths: [16, 17, 18, 19] }, // JCB
  { from: '62', to: '62', lengths: [16, 17, 18, 19] }, // UnionPay
  { from: '81', to: '82', lengths: [16, 17, 18, 19] }, // UnionPay, RuPay
  { from: '2200', to: '2204', lengths: [16, 17, 18, 19] }, // Mir
  { from: '508', to: '508', lengths: [16] }, // RuPay
  { from: '60', to: '60', lengths: [16] },
  { from: '5018', to: '5018', lengths: [12, 13, 14, 15, 16, 17, 18, 19] }, // Maestro
  { from: '56', to: '58', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { from: '6759', to: '6763', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { from: '9792', to: '9792', lengths: [16] }, // Troy
];

export function containsCardNumber(text: string): boolean {
  return findCardNumbers(text).length > 0;
}

/** The same text with every digit of a card number but the last four replaced. */
export function maskCardNumbers(text: string): string {
  let masked = text;
  for (const found of findCardNumbers(text)) masked = masked.replaceAll(found, `****${found.slice(-4)}`);
  return masked;
}

function findCardNumbers(text: string): readonly string[] {
  if (!MAY_HOLD_ONE.test(text)) return NONE;
  const found: string[] = [];
  for (const run of text.matchAll(DIGIT_GROUPS)) {
    if (run[0].length < DIGITS_MIN) continue;
    for (const [start, end] of windows(run[0])) {
      const candidate = run[0].slice(start, end);
      if (isCardNumber(candidate) && !isInsideIdentifier(text, run.index + start, candidate.length))
        found.push(candidate);
    }
  }
  return found;
}

/** Every sequence of up to GROUPS_MAX neighbouring groups, as start and end offsets: "1 4111 1111 1111 1111" holds a card number. */
function windows(run: string): readonly (readonly [number, number])[] {
  const groups = [...run.matchAll(/\d+/g)].map((group) => [group.index, group.index + group[0].length] as const);
  return groups.flatMap(([start], first) =>
    groups.slice(first, first + GROUPS_MAX).map(([, end]) => [start, end] as const),
  );
}

function isCardNumber(candidate: string): boolean {
  const digits = candidate.replace(/[ -]/g, '');
  return digits.length >= DIGITS_MIN && isGroupedAsCard(candidate) && hasScheme(digits) && passesLuhn(digits);
}

function isGroupedAsCard(candidate: string): boolean {
  const groups = candidate.split(/[ -]/).map((group) => group.length);
  return groups.length === 1 || GROUPINGS.has(groups.join(','));
}

function hasScheme(digits: string): boolean {
  return SCHEMES.some(({ from, to, lengths }) => {
    const prefix = digits.slice(0, from.length);
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  });
}

/** ISO/IEC 7812-1 annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    const doubled = digit * 2;
    sum += place % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isInsideIdentifier(text: string, start: number, length: number): boolean {
  let from = start;
  let to = start + length;
  while (from > 0 && /[0-9A-Za-z]/.test(text.charAt(from - 1))) from -= 1;
  while (to < text.length && /[0-9A-Za-z]/.test(text.charAt(to))) to += 1;
  return to - from > length && to - from >= IDENTIFIER_CHARACTERS_MIN;
}
