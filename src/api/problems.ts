import type { Context } from 'hono';
import { instanceOf, traceIdOf } from './request.ts';

/**
 * The one map from what went wrong to RFC 9457 problems. `outcome` and `safe_to_retry` tell a client about its money:
 * `not_attempted`: nothing was asked of a provider; `unknown`: look at the payment, or repeat with the same key.
 */
const PROBLEMS = {
  request_malformed: { status: 400, title: 'The request is malformed' },
  idempotency_key_required: { status: 400, title: 'An Idempotency-Key header is required' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key is not 1 to 255 visible characters' },
  cursor_invalid: { status: 400, title: 'The cursor is not one that this list gave' },
  token_missing: { status: 401, title: 'An access token is required' },
  token_invalid: { status: 401, title: 'The access token is not valid' },
  signature_invalid: { status: 401, title: 'The signature is not valid' },
  scope_insufficient: { status: 403, title: 'The access token lacks a scope' },
  refund_not_found: { status: 404, title: 'There is no such refund' },
  operation_not_found: { status: 404, title: 'There is no such operation' },
  ledger_account_not_found: { status: 404, title: 'There is no such ledger account' },
  payment_not_found: { status: 404, title: 'There is no such payment' },
  provider_account_not_found: { status: 404, title: 'There is no such provider account' },
  provider_not_found: { status: 404, title: 'There is no such provider or account' },
  quarantined_item_not_found: { status: 404, title: 'There is no such quarantined item' },
  event_not_found: { status: 404, title: 'There is no such event' },
  webhook_endpoint_not_found: { status: 404, title: 'There is no such webhook endpoint' },
  webhook_delivery_not_found: { status: 404, title: 'There is no such webhook delivery' },
  route_not_found: { status: 404, title: 'There is no such resource' },
  method_not_allowed: { status: 405, title: 'The resource has no such method' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  idempotency_key_in_use: { status: 409, title: 'A request with this Idempotency-Key is under way' },
  payment_exists: { status: 409, title: 'The payment exists' },
  payment_not_confirmable: { status: 409, title: 'The payment can not be confirmed in this state' },
  payment_not_capturable: { status: 409, title: 'The payment can not be captured in this state' },
  payment_not_cancelable: { status: 409, title: 'The payment can not be canceled in this state' },
  payment_not_refundable: { status: 409, title: 'The payment can not be refunded in this state' },
  operation_not_in_doubt: { status: 409, title: 'The outcome of the operation is not in doubt' },
  no_conflict: { status: 409, title: 'The payment has no conflict' },
  resolution_not_possible: { status: 409, title: 'The conflict can not be resolved in this way' },
  account_mismatch: { status: 409, title: 'The evidence is about another account' },
  reference_mismatch: { status: 409, title: 'The evidence is about another operation' },
  deadline_not_reached: { status: 409, title: 'The deadline of the operation has not passed' },
  provider_account_fixed: { status: 409, title: 'The provider and the settings of an account never change' },
  provider_account_reserved: { status: 409, title: "The name is one of the platform's own accounts" },
  webhook_endpoint_disabled: { status: 409, title: 'The webhook endpoint is disabled' },
  body_too_large: { status: 413, title: 'The body is too large' },
  target_too_long: { status: 414, title: 'The path and query are too long' },
  media_type_unsupported: { status: 415, title: 'The body must be application/json' },
  expectation_failed: { status: 417, title: 'The only Expect that is met is 100-continue' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used with another request' },
  currency_unsupported: { status: 422, title: 'The currency is not supported' },
  card_number_in_field: { status: 422, title: 'The request holds a card number' },
  amount_exceeds_capturable: { status: 422, title: 'The amount is more than what is left to capture' },
  amount_exceeds_refundable: { status: 422, title: 'The amount is more than what is left to refund' },
  partial_capture_unsupported: { status: 422, title: 'The provider captures all of a payment or nothing' },
  multiple_captures_unsupported: { status: 422, title: 'The provider captures a payment only once' },
  payment_method_required: { status: 422, title: 'A payment method is required' },
  too_many_operations: { status: 422, title: 'The payment takes no more operations' },
  too_many_webhook_endpoints: { status: 422, title: 'The merchant has as many webhook endpoints as it may have' },
  webhook_url_refused: { status: 422, title: 'The URL can not be that of a webhook endpoint' },
  no_provider_account: { status: 422, title: 'The merchant has no provider account for this payment method' },
  provider_account_invalid: { status: 422, title: 'The provider account is not as its provider wants it' },
  provider_accounts_too_many: { status: 422, title: 'The merchant has as many provider accounts as it may have' },
  token_account_unknown: { status: 422, title: 'A token names an account that is not there' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too many or too large' },
  internal_error: { status: 500, title: 'Something is wrong on our side' },
  simulator_unavailable: { status: 502, title: 'The simulator can not be reached' },
  issuer_unavailable: { status: 503, title: 'The keys of the token issuer can not be read now' },
  not_ready: { status: 503, title: 'The platform should get no requests now' },
  overloaded: { status: 503, title: 'The platform is catching up' },
  provider_unavailable: { status: 503, title: 'The provider can not be reached' },
  payment_unreadable: {
    status: 503,
    title: 'The payment was written by a later version or is damaged; operators see it as parked',
  },
  starting: { status: 503, title: 'The platform is starting' },
  storage_unavailable: { status: 503, title: 'The platform can not store anything now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

/** `pointer`: RFC 6901 into the body, or the name of a header or parameter. */
export type FieldError = { pointer: string; detail: string };

export type ProblemDetails = {
  detail?: string;
  errors?: readonly FieldError[];
  retryAfterMs?: number;
  /** The scope that the token lacks. */
  scope?: string;
  /** Only where something may have been sent: everything else was refused before. */
  outcome?: 'unknown';
  headers?: Readonly<Record<string, string>>;
  /** Members of the problem's own, RFC 9457, 3.2. */
  extra?: Readonly<Record<string, unknown>>;
};

/** Repeating the very same request can help here; elsewhere it has to be changed first. */
const RETRYABLE: ReadonlySet<ProblemCode> = new Set([
  'idempotency_key_in_use',
  'internal_error',
  'issuer_unavailable',
  'not_ready',
  'overloaded',
  'payment_unreadable',
  'provider_unavailable',
  'rate_limited',
  'request_timeout',
  'simulator_unavailable',
  'starting',
  'storage_unavailable',
]);

/** When to come again, where whoever found it doesn't know better. */
const RETRY_AFTER_MS: { readonly [code in ProblemCode]?: number } = {
  issuer_unavailable: 5000,
  provider_unavailable: 5000,
  simulator_unavailable: 5000,
  starting: 1000,
  storage_unavailable: 5000,
  // Until a version is deployed that can read it.
  payment_unreadable: 60_000,
};

/** What a 401 asks for, RFC 9110, 11.6.1. */
const CHALLENGES: { readonly [code in ProblemCode]?: string } = {
  token_missing: 'Bearer',
  signature_invalid: 'Signature',
};

export function httpStatusOf(code: ProblemCode) {
  return PROBLEMS[code].status;
}

/** Whether repeating the very same request can help. */
export function canRetry(code: ProblemCode): boolean {
  return RETRYABLE.has(code);
}

/** `instance`: the path of the request. */
export function problemBody(
  code: ProblemCode,
  { instance, traceId, ...details }: ProblemDetails & { instance: string; traceId: string },
) {
  const { status, title } = PROBLEMS[code];
  return {
    type: `urn:florin:problem:${code}`,
    title,
    status,
    detail: details.detail ?? title,
    instance,
    code,
    outcome: details.outcome ?? 'not_attempted',
    safe_to_retry: canRetry(code),
    errors: details.errors ?? [],
    trace_id: traceId,
    ...details.extra,
  };
}

export function problem(c: Context, code: ProblemCode, details: ProblemDetails = {}): Response {
  const { status } = PROBLEMS[code];
  const body = problemBody(code, { ...details, instance: instanceOf(c), traceId: traceIdOf(c) });
  const headers = new Headers({ ...details.headers, 'content-type': 'application/problem+json' });
  const retryAfterMs = details.retryAfterMs ?? RETRY_AFTER_MS[code];
  if (retryAfterMs !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  if (status === 401) headers.set('www-authenticate', CHALLENGES[code] ?? 'Bearer error="invalid_token"');
  if (details.scope !== undefined)
    headers.set('www-authenticate', `Bearer error="insufficient_scope", scope="${details.scope}"`);
  // What is left of a body that we didn't read must not be taken for the next request.
  if (status === 413) headers.set('connection', 'close');
  return new Response(JSON.stringify(body), { status, headers });
}

/** Thrown by the doors (authentication, body, parameters) and turned into its response in one place, app.ts. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}
