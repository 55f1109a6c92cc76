import type { Context } from 'hono';
import type { z } from 'zod';
import type { Json } from '#core/kit/canonicalJson.ts';
import { containsCardNumber } from '#core/kit/cardNumber.ts';
import { type FieldError, ProblemError } from './problems.ts';

const BODY_BYTES_MAX = 64 * 1024;
const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body as the client wrote it and as the schema reads it. Throws a ProblemError that names what is wrong with which field. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<{ json: Json; value: z.output<Schema> }> {
  const text = decode(await readBytes(c));
  const isJson = JSON_MEDIA_TYPE.test(c.req.header('content-type') ?? '');
  if (!isJson && text !== '') throw new ProblemError('media_type_unsupported');
  if (containsCardNumber(text)) throw cardNumberFound();
  // No body at all is a body without fields.
  const json = text === '' ? {} : parse(text);
  // Without an escape every string stands in the text as it is, and was looked at above.
  if (text.includes('\\') && isCardNumberIn(json)) throw cardNumberFound();
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
  if (announced <= BODY_BYTES_MAX) return new Uint8Array(await c.req.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw tooLarge();
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ProblemError('request_malformed', { detail: 'The body is not valid UTF-8' });
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new ProblemError('request_malformed', { detail: 'The body is not valid JSON' });
  }
}

/** In a key or a string, however deep: without recursion, because a client chooses how deep. */
function isCardNumberIn(json: Json): boolean {
  const open: Json[] = [json];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string' && containsCardNumber(value)) return true;
    if (value === null || typeof value !== 'object') continue;
    if (!Array.isArray(value)) open.push(...Object.keys(value));
    open.push(...(Object.values(value) as Json[]));
  }
  return false;
}

function cardNumberFound(): ProblemError {
  return new ProblemError('card_number_in_field', {
    detail: 'A card number must never be sent here: send a token of the payment provider',
  });
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

/** RFC 6901. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
