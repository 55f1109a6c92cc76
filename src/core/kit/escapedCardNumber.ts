import { containsCardNumber, maskCardNumbers } from './cardNumber.ts';

/** As JSON writes any character (RFC 8259, 7), in a text that may itself stand in a text. A row of backslashes is looked at once. */
const UNICODE_ESCAPE = /(?<!\\)\\+u([0-9a-f]{4})/gi;
/** As a form writes digits, and what may stand between them. */
const PERCENT_ESCAPE = /%(?:3[0-9]|20|2d|2e)/gi;
const SPACES_BETWEEN_DIGITS = /(?<=\d)(?:\\+[tnrfv]|\+)+(?=\d)/g;

/**
 * Masks card numbers in text that may be JSON or a form, cut or malformed: for what we keep or log, never for what is sent on. Escapes of
 * what card numbers are written with are written plainly then; JSON stays JSON with the same meaning, but for white space between digits.
 */
export function maskEscapedCardNumbers(text: string): string {
  if (!/[\\%+]/.test(text)) return maskCardNumbers(text);
  const plain = text
    .replace(UNICODE_ESCAPE, (written, hex: string) => plainOf(written, Number.parseInt(hex, 16)))
    .replace(PERCENT_ESCAPE, decodeURIComponent)
    .replace(SPACES_BETWEEN_DIGITS, ' ');
  const masked = maskCardNumbers(plain);
  return masked === plain ? text : masked;
}

/** Also one that is written as a URL or a form writes it. */
export function containsEscapedCardNumber(text: string): boolean {
  return /[%+]/.test(text) ? maskEscapedCardNumbers(text) !== text : containsCardNumber(text);
}

/** What must stay escaped inside a string stays. */
function plainOf(written: string, code: number): string {
  return code < 0x20 || code === 0x22 || code === 0x5c ? written : String.fromCharCode(code);
}
