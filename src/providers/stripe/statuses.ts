import type { DeclineCode } from '#core/provider/declineCodes.ts';
import type { Outcome } from '#core/provider/port.ts';

type Meaning = Exclude<Outcome['outcome'], 'rejected'>;

/**
 * What a payment intent's status says of the authorisation that it is. `canceled` is looked at again (responses.ts): what had been authorised was
 * voided. Source: payment_intent.status in Stripe's OpenAPI description.
 */
export const INTENT_STATUSES: { readonly [status: string]: Meaning } = {
  succeeded: 'succeeded',
  requires_capture: 'succeeded',
  requires_action: 'requires_action',
  processing: 'pending',
  // After a decline; the error says which. Without one nothing was tried yet.
  requires_payment_method: 'declined',
  // Created and not confirmed: nobody can say what becomes of it.
  requires_confirmation: 'unknown',
  canceled: 'declined',
};

/** The same for refunds. `requires_action`: the customer has yet to say where the money goes. */
export const REFUND_STATUSES: { readonly [status: string]: Exclude<Meaning, 'requires_action'> } = {
  succeeded: 'succeeded',
  pending: 'pending',
  requires_action: 'pending',
  failed: 'declined',
  canceled: 'declined',
};

/** Decline codes, and error codes of what was refused without one. Source: docs.stripe.com/declines/codes and /error-codes. */
export const DECLINES: { readonly [code: string]: DeclineCode } = {
  authentication_not_handled: 'authentication_failed',
  authentication_required: 'authentication_failed',
  payment_intent_authentication_failure: 'authentication_failed',
  mobile_device_authentication_required: 'authentication_failed',
  offline_pin_required: 'authentication_failed',
  online_or_offline_pin_required: 'authentication_failed',
  incorrect_pin: 'authentication_failed',
  invalid_pin: 'authentication_failed',
  pin_try_exceeded: 'authentication_failed',
  call_issuer: 'do_not_honor',
  card_declined: 'do_not_honor',
  do_not_honor: 'do_not_honor',
  do_not_try_again: 'do_not_honor',
  generic_decline: 'do_not_honor',
  no_action_taken: 'do_not_honor',
  not_permitted: 'do_not_honor',
  revocation_of_all_authorizations: 'do_not_honor',
  revocation_of_authorization: 'do_not_honor',
  service_not_allowed: 'do_not_honor',
  stop_payment_order: 'do_not_honor',
  transaction_not_allowed: 'do_not_honor',
  expired_card: 'expired_card',
  invalid_expiry_month: 'invalid_payment_method',
  invalid_expiry_year: 'invalid_payment_method',
  card_velocity_exceeded: 'insufficient_funds',
  insufficient_funds: 'insufficient_funds',
  withdrawal_count_limit_exceeded: 'insufficient_funds',
  card_not_supported: 'invalid_payment_method',
  currency_not_supported: 'invalid_payment_method',
  incorrect_address: 'invalid_payment_method',
  incorrect_cvc: 'invalid_payment_method',
  incorrect_number: 'invalid_payment_method',
  incorrect_zip: 'invalid_payment_method',
  invalid_account: 'invalid_payment_method',
  invalid_cvc: 'invalid_payment_method',
  invalid_number: 'invalid_payment_method',
  new_account_information_available: 'invalid_payment_method',
  restricted_card: 'invalid_payment_method',
  testmode_decline: 'invalid_payment_method',
  live_mode_test_card: 'invalid_payment_method',
  approve_with_id: 'processing_error',
  duplicate_transaction: 'processing_error',
  invalid_amount: 'processing_error',
  issuer_not_available: 'processing_error',
  processing_error: 'processing_error',
  reenter_transaction: 'processing_error',
  try_again_later: 'processing_error',
  fraudulent: 'suspected_fraud',
  lost_card: 'suspected_fraud',
  merchant_blacklist: 'suspected_fraud',
  pickup_card: 'suspected_fraud',
  security_violation: 'suspected_fraud',
  stolen_card: 'suspected_fraud',
  // Why a refund failed.
  charge_for_pending_refund_disputed: 'processing_error',
  declined: 'do_not_honor',
  expired_or_canceled_card: 'expired_card',
  lost_or_stolen_card: 'invalid_payment_method',
  merchant_request: 'canceled',
};
