/** The same text twice, every character at its place: once only code, once only comments; the rest is blank. */
export type MaskedText = { code: string; comments: string };

type Kind = 'code' | 'comment' | 'content';
type Piece = { kind: Kind; end: number };

const REGEX_BEFORE = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|await|yield|of|in))\s*$/;
const REGEX_LITERAL = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;

/**
 * Separates code from comments and from what stands inside strings, templates and regular expressions, so that a rule on
 * code is not fooled by prose. A scanner, no parser: enough for formatted TypeScript, where a `/` is read as the beginning
 * of a regular expression only where no value ends just before it.
 */
export function maskText(text: string): MaskedText {
  const code: string[] = [];
  const comments: string[] = [];
  /** Depth of braces for each template literal whose `${` is open. */
  const templates: number[] = [];
  let at = 0;
  while (at < text.length) {
    const piece = nextPiece(text, at, templates);
    const part = text.slice(at, piece.end);
    code.push(piece.kind === 'code' ? part : blank(part));
    comments.push(piece.kind === 'comment' ? part : blank(part));
    at = piece.end;
  }
  return { code: code.join(''), comments: comments.join('') };
}

function nextPiece(text: string, at: number, templates: number[]): Piece {
  const char = text[at];
  if (text.startsWith('//', at)) return { kind: 'comment', end: endAt(text, '\n', at, 0) };
  if (text.startsWith('/*', at)) return { kind: 'comment', end: endAt(text, '*/', at + 2, 2) };
  if (char === "'" || char === '"') return { kind: 'content', end: stringEnd(text, at) };
  if (char === '`') return template(text, at, templates);
  if (char === '/') return regexOrDivision(text, at);
  if (templates.length > 0 && (char === '{' || char === '}')) return brace(text, at, templates);
  return { kind: 'code', end: at + 1 };
}

function endAt(text: string, mark: string, from: number, length: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + length;
}

function stringEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== text[at] && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
  return Math.min(end + 1, text.length);
}

function regexOrDivision(text: string, at: number): Piece {
  if (!REGEX_BEFORE.test(text.slice(Math.max(0, at - 40), at))) return { kind: 'code', end: at + 1 };
  REGEX_LITERAL.lastIndex = at;
  const found = REGEX_LITERAL.exec(text);
  return found === null ? { kind: 'code', end: at + 1 } : { kind: 'content', end: at + found[0].length };
}

/** From a backtick, or from the brace that closes a `${`, to the next `${` or to the closing backtick. */
function template(text: string, at: number, templates: number[]): Piece {
  let end = at + 1;
  while (end < text.length && text[end] !== '`') {
    if (text.startsWith('${', end)) {
      templates.push(0);
      return { kind: 'content', end: end + 2 };
    }
    end += text[end] === '\\' ? 2 : 1;
  }
  return { kind: 'content', end: Math.min(end + 1, text.length) };
}

function brace(text: string, at: number, templates: number[]): Piece {
  const last = templates.length - 1;
  const depth = templates[last] ?? 0;
  if (text[at] === '{') templates[last] = depth + 1;
  else if (depth > 0) templates[last] = depth - 1;
  else {
    templates.pop();
    return template(text, at, templates);
  }
  return { kind: 'code', end: at + 1 };
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
