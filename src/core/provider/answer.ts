import type { Json } from '#core/kit/canonicalJson.ts';
import type { Outcome, ProviderResponse, Seen } from './port.ts';

export type JsonObject = { readonly [key: string]: Json };

/** Statuses after which the request may still have taken effect, whatever the body says. 425: RFC 8470; 429: RFC 6585. */
const AMBIGUOUS_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * The JSON object in a response, or `unknown` with its reason: 5xx, 408, 425 and 429 (the provider had read the request),
 * HTML instead of JSON, a cut body. A provider that documents one of them as "not processed" looks at it before calling this.
 */
export function readJsonObject(response: ProviderResponse): JsonObject | Extract<Outcome, { outcome: 'unknown' }> {
  if (response.status >= 500 || AMBIGUOUS_STATUSES.has(response.status)) return unknown(`status ${response.status}`);
  let value: unknown;
  try {
    value = JSON.parse(response.body);
  } catch {
    return unknown(`status ${response.status} with a body that is not JSON`);
  }
  return isObject(value) ? value : unknown(`status ${response.status} with JSON that is not an object`);
}

export function unknown(reason: string): Extract<Outcome, { outcome: 'unknown' }> {
  return { outcome: 'unknown', reason };
}

export function isUnknown(
  value: JsonObject | Extract<Outcome, { outcome: 'unknown' }>,
): value is Extract<Outcome, { outcome: 'unknown' }> {
  return value['outcome'] === 'unknown' && typeof (value as { reason?: unknown }).reason === 'string';
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function text(object: JsonObject, field: string): string | null {
  const value = object[field];
  return typeof value === 'string' ? value : null;
}

/** An amount in minor units; null unless it is a JSON integer that a double holds exactly. */
export function minorUnits(object: JsonObject, field: string): bigint | null {
  const value = object[field];
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null;
}

export function integer(object: JsonObject, field: string): number | null {
  const value = object[field];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

/** The JSON object in a text; null where there is none. */
export function parseObject(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** What a table says of a word; null for one that it doesn't have. hasOwn and not `in`: 'constructor' is no status. */
export function meaningOf<Meaning>(table: { readonly [word: string]: Meaning }, word: string | null): Meaning | null {
  return word !== null && Object.hasOwn(table, word) ? (table[word] ?? null) : null;
}

/** Where the provider tells nothing of what it saw. */
export const SEEN_NOTHING: Seen = { amountMinor: null, currency: null, providerReference: null, providerVersion: null };
