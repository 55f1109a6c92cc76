import type { Context } from 'hono';
import type { z } from 'zod';
import { fieldErrors } from '#api/body.ts';
import { ProblemError } from '#api/problems.ts';
import { pointerTo } from '#api/strictJson.ts';
import { containsCardNumber } from '#core/kit/cardNumber.ts';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export function readIdempotencyKey(c: Context): string {
  const key = c.req.header('idempotency-key');
  if (key === undefined) throw new ProblemError('idempotency_key_required');
  if (!IDEMPOTENCY_KEY.test(key)) throw new ProblemError('idempotency_key_invalid');
  if (containsCardNumber(key))
    throw new ProblemError('card_number_in_field', {
      errors: [{ pointer: 'Idempotency-Key', detail: 'This looks like a card number' }],
    });
  return key;
}

export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  const repeated = Object.entries(c.req.queries()).filter(([, values]) => values.length > 1);
  if (repeated.length > 0)
    throw new ProblemError('request_malformed', {
      detail: 'The query is not what this resource expects',
      errors: repeated.map(([name]) => ({
        pointer: pointerTo([name]),
        detail: 'This parameter stands more than once',
      })),
    });
  const query = nested(c.req.query());
  const result = schema.safeParse(query);
  if (!result.success)
    throw new ProblemError('request_malformed', {
      detail: 'The query is not what this resource expects',
      errors: fieldErrors(result.error.issues),
    });
  return result.data;
}

/**
 * `metadata[order]=7` is a member of an object, as OpenAPI's style `deepObject` writes it. `metadata[__proto__]` is not: a record would leave it
 * out, and the list would be another than was asked for.
 */
function nested(query: Readonly<Record<string, string>>): object {
  const members = new Map<string, unknown>();
  const objects = new Map<string, Map<string, string>>();
  for (const [name, value] of Object.entries(query)) {
    const [, object, member] = /^(\w+)\[(?!__proto__\])([^[\]]+)\]$/.exec(name) ?? [];
    if (object === undefined || member === undefined) members.set(name, value);
    else objects.set(object, (objects.get(object) ?? new Map<string, string>()).set(member, value));
  }
  for (const [name, inner] of objects) if (!members.has(name)) members.set(name, Object.fromEntries(inner));
  return Object.fromEntries(members);
}
