import type { Context } from 'hono';
import type { z } from 'zod';
import type { Json } from '#core/kit/canonicalJson.ts';
import { containsEscapedCardNumber, maskEscapedCardNumbers } from '#core/kit/escapedCardNumber.ts';
import { type FieldError, ProblemError } from './problems.ts';
import { findFlaw, findUnusableText, pointerTo } from './strictJson.ts';

const BODY_BYTES_MAX = 64 * 1024;
const FIELD_ERRORS_MAX = 100;
const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The body as the client wrote it and as the schema reads it. Throws a ProblemError that names what is wrong with which field. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<{ json: Json; value: z.output<Schema> }> {
  const text = decode(await readBytes(c));
  if (text !== '') assertJsonMediaType(c);
  if (containsEscapedCardNumber(text)) throw cardNumberFound(text);
  // No body at all is a body without fields.
  const json = text === '' ? {} : parse(text);
  const result = schema.safeParse(json);
  if (!result.success)
    throw new ProblemError('request_malformed', {
      detail: 'The body is not what this resource expects',
      errors: fieldErrors(result.error.issues),
    });
  return { json, value: result.data };
}

/** Stops at the limit, whatever the length that the client announced. */
export async function readBytes(c: Context, bytesMax = BODY_BYTES_MAX): Promise<Uint8Array> {
  const announced = Number(c.req.header('content-length') ?? Number.NaN);
  if (announced > bytesMax) throw tooLarge(bytesMax);
  if (announced <= bytesMax) return new Uint8Array(await c.req.arrayBuffer().catch(cutShort));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = c.req.raw.body?.getReader();
  for (;;) {
    const part = await reader?.read().catch(cutShort);
    if (part?.value === undefined) return Buffer.concat(chunks);
    chunks.push(part.value);
    bytes += part.value.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
  }
}

/** UTF-8, RFC 8259, 8.1; nothing here unpacks a body. */
function assertJsonMediaType(c: Context): void {
  const type = c.req.header('content-type') ?? '';
  const charset = CHARSET.exec(type)?.[1];
  if (!JSON_MEDIA_TYPE.test(type) || (charset !== undefined && charset.toLowerCase() !== 'utf-8'))
    throw new ProblemError('media_type_unsupported');
  const encoding = c.req.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new ProblemError('media_type_unsupported', { detail: 'The body must not have a Content-Encoding' });
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    throw malformed({ pointer: '', detail: 'The body begins with a byte order mark' });
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed({ pointer: '', detail: 'The body is not valid UTF-8' });
  }
}

function parse(text: string): Json {
  const json = parseAny(text);
  const flaw = findFlaw(text);
  if (flaw !== null) throw malformed(flaw);
  // Without an escape every string stands in the text as it is, and was looked at there.
  if (!text.includes('\\')) return json;
  if (pointerToCardNumber(json) !== null) throw cardNumberFound(text);
  const unusable = findUnusableText(json);
  if (unusable !== null) throw malformed(unusable);
  return json;
}

function parseAny(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    // The rest of the message quotes the body.
    const [, line, column] = /\(line (\d+) column (\d+)\)/.exec((error as Error).message) ?? [];
    const where = line === undefined ? '' : `: see line ${line}, column ${column}`;
    throw malformed({ pointer: '', detail: `The body is not valid JSON${where}` });
  }
}

function malformed({ pointer, detail }: FieldError): ProblemError {
  return new ProblemError('request_malformed', {
    detail: pointer === '' ? detail : 'The body is not what this resource expects',
    errors: [{ pointer, detail }],
  });
}

/** A value with the way to it, which is written down only where it is asked for: it can be as long as the body. */
type Found = { value: Json; key: string; parent: Found | null };

/** In a name, a string or a number, however deep: without recursion, because a client chooses how deep. */
function pointerToCardNumber(json: Json): string | null {
  const open: Found[] = [{ value: json, key: '', parent: null }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value } = next;
    if (value === null || typeof value !== 'object') {
      if (containsEscapedCardNumber(String(value))) return pointerTo(pathOf(next));
      continue;
    }
    for (const [key, inner] of Object.entries(value) as [string, Json][]) {
      if (!Array.isArray(value) && containsEscapedCardNumber(key))
        return pointerTo([...pathOf(next), maskEscapedCardNumbers(key)]);
      open.push({ value: inner, key, parent: next });
    }
  }
  return null;
}

function pathOf(found: Found): readonly string[] {
  const path: string[] = [];
  for (let at = found; at.parent !== null; at = at.parent) path.push(at.key);
  return path.toReversed();
}

function cardNumberFound(text: string): ProblemError {
  const detail = 'A card number must never be sent here: send a token of the payment provider';
  return new ProblemError('card_number_in_field', { detail, errors: [{ pointer: placeOfCardNumber(text), detail }] });
}

/** The whole body, where it is no JSON or the number stands across its parts. */
function placeOfCardNumber(text: string): string {
  try {
    return pointerToCardNumber(JSON.parse(text) as Json) ?? '';
  } catch {
    return '';
  }
}

/** The client has gone, took too long, or broke its own chunks: nobody reads this answer, but nothing of ours has failed. */
function cutShort(): never {
  throw new ProblemError('request_malformed', { detail: 'The body ended before its end' });
}

function tooLarge(bytesMax: number): ProblemError {
  return new ProblemError('body_too_large', { detail: `The body may have ${bytesMax} bytes` });
}

/** Every unknown field by its own name; everything else where it stands. Only the first: the answer must not be many times the request. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): readonly FieldError[] {
  return issues.flatMap(errorsOf).slice(0, FIELD_ERRORS_MAX);
}

function errorsOf(issue: z.core.$ZodIssue): readonly FieldError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, FIELD_ERRORS_MAX).map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      detail: 'This field is not known here',
    }));
  // The schema's own words, but for those that tell of JavaScript.
  const detail = issue.message.endsWith('received undefined') ? 'This field is required' : issue.message;
  return [{ pointer: pointerTo(issue.path), detail }];
}
