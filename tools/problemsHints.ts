import type { ProblemCode } from '#api/problems.ts';

/** What to do, where the title of a problem doesn't say it. */
export const HINTS: { readonly [code in ProblemCode]?: string } = {
  request_malformed: '`errors` names each field: unknown ones, missing ones, wrong types. Correct the request',
  idempotency_key_required:
    'Make one key for each thing that you want to happen, and keep it until you know the outcome',
  cursor_invalid: 'Begin again without one',
  token_missing: 'Ask the issuer for one (`POST /oauth/token` in the local mode)',
  token_invalid: 'Ask the issuer for a new one; `detail` says what is wrong with this one',
  scope_insufficient: '`detail` names the scope; ask for a token that has it',
  payment_not_found: "Also for another merchant's payment, and for `as_of` before there was one",
  idempotency_key_in_use: 'The first request is still under way: wait for `Retry-After`, then send the same again',
  payment_not_confirmable: '`payment_status` says in which state it is',
  payment_not_capturable: '`payment_status` says in which state it is',
  payment_not_cancelable: '`payment_status` says in which state it is. What was captured is refunded',
  payment_not_refundable: '`payment_status` says in which state it is. What was not captured is canceled',
  deadline_not_reached: 'The provider may still answer; state it later',
  body_too_large: '64 KiB for requests, 256 KiB for webhooks of providers',
  idempotency_key_reused: 'Another body under the same key. Take a new key for a new payment',
  card_number_in_field: 'Send a token of the payment provider. What was sent is not kept and not logged',
  amount_exceeds_capturable: '`amount_capturable` says what is left',
  amount_exceeds_refundable: '`amount_refundable` says what is left',
  internal_error: 'Something may have happened. Send the same again with the same key, or look at the payment',
  overloaded: 'Wait for `Retry-After`, then send the same again',
  payment_unreadable: 'Nothing is lost; it can be read again after an operator has looked at it',
  starting: 'Wait for `Retry-After`, then send the same again',
  storage_unavailable:
    'Something may have happened. Wait for `Retry-After`, then send the same again with the same key',
};
