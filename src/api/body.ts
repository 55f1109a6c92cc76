import type { Context } from 'hono';
import type { z } from 'zod';
import type { Json } from '#core/kit/canonicalJson.ts';
import { containsCardNumber, maskCardNumbers } from '#core/kit/cardNumber.ts';
import { type FieldError, ProblemError } from './problems.ts';
import { findFlaw, findUnusableText, pointerTo } from './strictJson.ts';

const BODY_BYTES_MAX = 64 * 1024;
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
  if (containsCardNumber(text)) throw cardNumberFound(text);
  // No body at all is a body without fields.
  const json = text === '' ? {} : parse(text);
  const result = schema.safeParse(json);
  if (!result.success)
    throw new ProblemError('request_malformed', {
      detail: 'The body is not what this resource expects',
      errors: result.error.issues.flatMap(fieldErrors),
    });
  return { json, value: result.data };
}

/** Stops at the limit, whatever the length that the client announced. */
export async function readBytes(c: Context): Promise<Uint8Array> {
  const announced = Number(c.req.header('content-length') ?? Number.NaN);
  if (announced > BODY_BYTES_MAX) throw tooLarge();
  if (announced <= BODY_BYTES_MAX) return new Uint8Array(await c.req.arrayBuffer().catch(cutShort));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw tooLarge();
  }
  return Buffer.concat(chunks);
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

/** In a name, a string or a number, however deep: without recursion, because a client chooses how deep. */
function pointerToCardNumber(json: Json): string | null {
  const open: { value: Json; path: readonly string[] }[] = [{ value: json, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (value === null || typeof value !== 'object') {
      if (containsCardNumber(String(value))) return pointerTo(path);
      continue;
    }
    for (const [key, inner] of Object.entries(value) as [string, Json][]) {
      if (!Array.isArray(value) && containsCardNumber(key)) return pointerTo([...path, maskCardNumbers(key)]);
      open.push({ value: inner, path: [...path, key] });
    }
  }
  return null;
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

/** The client has gone, or took too long: nobody reads this answer, but nothing of ours has failed. */
function cutShort(): never {
  throw new ProblemError('request_malformed', { detail: 'The body ended before its announced length' });
}

function tooLarge(): ProblemError {
  return new ProblemError('body_too_large', { detail: `The body may have ${BODY_BYTES_MAX} bytes` });
}

/** Every unknown field by its own name; everything else where it stands. */
export function fieldErrors(issue: z.core.$ZodIssue): readonly FieldError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      detail: 'This field is not known here',
    }));
  return [{ pointer: pointerTo(issue.path), detail: issue.message }];
}
