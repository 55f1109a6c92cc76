/**
 * Finds card numbers in text, so that they are refused at the door and masked in what we keep.
 *
 * One in ten digit strings of that length passes the Luhn check, so a number also needs a known scheme prefix and a length that
 * the scheme issues. Digits may be set apart by spaces of any kind, hyphens and dots, where cards are printed with a gap. Inside a
 * UUID or a long run of letters and digits (24 or more: a ULID, a hash) digits are taken for a part of that identifier.
 */

/** Stands for what is not seen between digits: zero-width characters, marks on a digit, the second half of a digit that takes two. */
const FILLER = '\u200b';
/** Cheap, and almost always the last word: there is none. */
const RUN = /\d(?:[\s.\-\u200b]*\d){11,}\u200b*/g;
const GROUP = /\d[\d\u200b]*/g;
const DIGITS_MIN = 12;
/** What is written in European languages has none of these, but for a dash or a quotation mark. */
const BEYOND_LATIN = /[\x80-\xbf\u0250-\uffff]+/g;
/** What looks like a digit, a space, a hyphen or a dot, or like nothing at all. */
const FOLDED = /[\p{N}\p{Z}\p{Pd}\p{Cf}\p{M}\u0085\u00b7\u2022\u2024\u2027\u2212\u22c5\u3002\u30fb\uff0e\uff61]/gu;
const NONE: readonly Span[] = [];
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
/** Four of its groups can look like a card: one in some ten thousand idempotency keys would be refused. */
const UUID = /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi;
const UUID_CHARACTERS = 36;

/** `end` is the first character after it. */
type Span = { start: number; end: number };

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
  return findCardNumbers(foldDigits(text)).length > 0;
}

/** The same text with every digit of a card number but the last four replaced. */
export function maskCardNumbers(text: string): string {
  const folded = foldDigits(text);
  let masked = text;
  for (const { start, end } of joined(findCardNumbers(folded)).toReversed())
    masked = `${masked.slice(0, start)}****${digitsOf(folded.slice(start, end)).slice(-4)}${masked.slice(end)}`;
  return masked;
}

/** Spans that overlap as one, in their order. */
function joined(spans: readonly Span[]): readonly Span[] {
  const apart: Span[] = [];
  for (const span of [...spans].sort((left, right) => left.start - right.start)) {
    const last = apart.at(-1);
    if (last !== undefined && span.start < last.end)
      apart.splice(-1, 1, { start: last.start, end: Math.max(last.end, span.end) });
    else apart.push(span);
  }
  return apart;
}

/** The same text, each character in its place, with the digits, spaces, hyphens and dots of all scripts as those of ASCII. */
function foldDigits(text: string): string {
  return text.replace(BEYOND_LATIN, (part) => part.replace(FOLDED, foldCharacter));
}

function foldCharacter(character: string): string {
  if (character <= '\x7f') return character;
  const digit = digitOf(character);
  if (digit !== null) return digit.padEnd(character.length, FILLER);
  if (/^[\p{Z}\u0085]$/u.test(character)) return ' ';
  if (/^[\p{Pd}\u2212]$/u.test(character)) return '-';
  if (/^[\p{Cf}\p{M}]$/u.test(character)) return FILLER.repeat(character.length);
  return /^\p{N}$/u.test(character) ? character : '.';
}

/** NFKC knows full-width, circled, raised digits and the like; those of other scripts lie in order, from zero to nine. */
function digitOf(character: string): string | null {
  const normal = character.normalize('NFKC');
  if (/^\d$/.test(normal)) return normal;
  if (!/^\p{Nd}$/u.test(character)) return null;
  const code = character.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

function findCardNumbers(folded: string): readonly Span[] {
  if (folded.search(RUN) === -1) return NONE;
  const found: Span[] = [];
  for (const run of folded.matchAll(RUN)) {
    for (const { start, end } of groupedAsCard(run[0])) {
      const span = { start: run.index + start, end: run.index + end };
      if (isCardNumber(run[0].slice(start, end)) && !isInsideIdentifier(folded, span)) found.push(span);
    }
  }
  return found;
}

/** Every sequence of neighbouring groups that is as long as those of a card: "1 4111 1111 1111 1111" holds one. */
function groupedAsCard(run: string): readonly Span[] {
  const spans: Span[] = [];
  const groups = run.match(GROUP) ?? [];
  const starts: number[] = [];
  for (let n = 0, from = 0; n < groups.length; n += 1) {
    const start = run.indexOf(groups[n] ?? '', from);
    starts.push(start);
    from = start + (groups[n] ?? '').length;
  }
  for (const [first, start] of starts.entries()) {
    let grouping = '';
    for (let n = first; n < Math.min(first + GROUPS_MAX, groups.length); n += 1) {
      const group = groups[n] ?? '';
      const digits = group.includes(FILLER) ? digitsOf(group).length : group.length;
      grouping += n === first ? digits : `,${digits}`;
      const isWhole = n === first && digits >= DIGITS_MIN;
      if (isWhole || GROUPINGS.has(grouping)) spans.push({ start, end: (starts[n] ?? 0) + group.length });
    }
  }
  return spans;
}

function isCardNumber(candidate: string): boolean {
  const digits = digitsOf(candidate);
  return hasScheme(digits) && passesLuhn(digits);
}

function digitsOf(candidate: string): string {
  return candidate.replace(/\D/g, '');
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

/** Looks no farther than it has to: there may be thousands of candidates, and whoever wrote the text chooses how long it is. */
function isInsideIdentifier(text: string, { start, end }: Span): boolean {
  let from = start;
  let to = end;
  const isEnough = () => to - from > end - start && to - from >= IDENTIFIER_CHARACTERS_MIN;
  while (!isEnough() && from > 0 && /[0-9A-Za-z]/.test(text.charAt(from - 1))) from -= 1;
  while (!isEnough() && to < text.length && /[0-9A-Za-z]/.test(text.charAt(to))) to += 1;
  if (isEnough()) return true;
  const first = Math.max(0, start - UUID_CHARACTERS - 1);
  const nearby = text.slice(first, end + UUID_CHARACTERS + 1);
  return [...nearby.matchAll(UUID)].some(
    ({ index, 0: uuid }) => first + index <= start && end <= first + index + uuid.length,
  );
}
