import type { RouteDeclaration } from '#api/declare.ts';
import type { ProblemCode } from '#api/problems.ts';

const ALWAYS = [
  'card_number_in_field',
  'target_too_long',
  'headers_too_large',
  'internal_error',
  'starting',
  'storage_unavailable',
] as const;
const WITH_TOKEN = [
  'token_missing',
  'token_invalid',
  'scope_insufficient',
  'issuer_unavailable',
  'rate_limited',
] as const;
const WITH_KEY = [
  'idempotency_key_required',
  'idempotency_key_invalid',
  'idempotency_key_in_use',
  'idempotency_key_reused',
] as const;
const WITH_BODY = ['request_malformed', 'body_too_large', 'media_type_unsupported'] as const;

/** All that a route can answer beside its responses: its own, and those of the doors that it has. */
export function problemsOf(route: RouteDeclaration): ReadonlySet<ProblemCode> {
  return new Set([
    ...ALWAYS,
    ...(route.scopes.length > 0 ? WITH_TOKEN : []),
    ...(route.idempotencyKey === true ? WITH_KEY : []),
    ...(route.query === undefined ? [] : (['request_malformed'] as const)),
    ...(route.body === undefined ? [] : WITH_BODY),
    ...(route.problems ?? []),
  ]);
}
