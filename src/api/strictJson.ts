import type { FieldError } from './problems.ts';

const DEPTH_MAX = 32;
/** A whole number up to here is exact as a double, whatever its digits. */
const EXACT_DIGITS_MAX = 15;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN_INTEGER = /^-?\d+$/;

/** An object or array that is open where the scan is; `key` is the member or element that it stands in. */
type Level = { keys: Set<string> | null; key: string | number; isKeyNext: boolean };

/**
 * What `JSON.parse` lets pass and would change without a word: a key that stands twice (the last would win), a number with more digits than a
 * double keeps; and nesting that no resource here has. Takes text that is valid JSON. RFC 8259, 4 and 6; RFC 7493 (I-JSON), 2.2 and 2.3.
 */
export function findFlaw(text: string): FieldError | null {
  const open: Level[] = [];
  for (let at = 0; at < text.length; ) {
    const level = open.at(-1);
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        if (level?.isKeyNext === true && !takeKey(level, text.slice(at, end)))
          return { pointer: pointerTo(open.map(({ key }) => key)), detail: 'This field stands more than once' };
        at = end;
        break;
      }
      case '{':
      case '[':
        if (open.length === DEPTH_MAX)
          return { pointer: pointerTo(open.map(({ key }) => key)), detail: `The nesting is deeper than ${DEPTH_MAX}` };
        open.push(text[at] === '{' ? { keys: new Set(), key: '', isKeyNext: true } : ARRAY());
        at += 1;
        break;
      case '}':
      case ']':
        open.pop();
        at += 1;
        break;
      case ',':
        if (level !== undefined) goOn(level);
        at += 1;
        break;
      default: {
        const number = numberAt(text, at);
        if (number !== null && losesDigits(number))
          return {
            pointer: pointerTo(open.map(({ key }) => key)),
            detail: 'This number has more digits than can be kept',
          };
        at += number?.length ?? 1;
      }
    }
  }
  return null;
}

const ARRAY = (): Level => ({ keys: null, key: 0, isKeyNext: false });

/** False when the object has the key already, in whatever spelling. */
function takeKey(level: Level, literal: string): boolean {
  const key = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
  level.key = key;
  level.isKeyNext = false;
  if (level.keys?.has(key) === true) return false;
  level.keys?.add(key);
  return true;
}

function goOn(level: Level): void {
  if (typeof level.key === 'number') level.key += 1;
  else level.isKeyNext = true;
}

/** The place after the closing quotation mark. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text[from - 1] === '\\') from -= 1;
  return (at - from) % 2 === 1;
}

function numberAt(text: string, at: number): string | null {
  const code = text.charCodeAt(at);
  if (code !== 0x2d && (code < 0x30 || code > 0x39)) return null;
  NUMBER.lastIndex = at;
  return NUMBER.exec(text)?.[0] ?? null;
}

function losesDigits(source: string): boolean {
  if (source.length <= EXACT_DIGITS_MAX && PLAIN_INTEGER.test(source)) return false;
  return decimalOf(source) !== decimalOf(String(Number(source)));
}

/** One spelling of a decimal number's value: its significant digits and their exponent. */
function decimalOf(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = withoutZerosAtTheEnd(digits);
  if (whole === '' || significant === '') return whole === '' ? source : '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** By hand: `/0+$/` begins anew at each zero of a long row that ends in another digit. */
function withoutZerosAtTheEnd(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/** In a key or a string, however deep: half a surrogate pair, which UTF-8 can't write, or NUL, which stores and providers cut at. */
export function findUnusableText(json: unknown): FieldError | null {
  const open: { value: unknown; path: readonly PropertyKey[] }[] = [{ value: json, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === 'string') {
      const detail = whatIsWrongWith(value);
      if (detail !== null) return { pointer: pointerTo(path), detail };
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        const detail = Array.isArray(value) ? null : whatIsWrongWith(key);
        if (detail !== null)
          return { pointer: pointerTo([...path, key.toWellFormed()]), detail: `The name: ${detail}` };
        open.push({ value: inner, path: [...path, key] });
      }
    }
  }
  return null;
}

function whatIsWrongWith(text: string): string | null {
  if (!text.isWellFormed()) return 'Half of a surrogate pair is no character';
  return text.includes('\0') ? 'The character NUL is not allowed' : null;
}

/** RFC 6901. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
