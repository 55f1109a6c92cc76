import type { DeclineCode } from '#core/provider/declineCodes.ts';
import type { Outcome } from '#core/provider/port.ts';

type Meaning = Exclude<Outcome['outcome'], 'rejected' | 'unknown'>;

/** What a charge's status says of the authorisation that it is. A word that isn't here is `unknown`. */
export const CHARGE_STATUSES: { readonly [status: string]: Meaning } = {
  succeeded: 'succeeded',
  authorized: 'succeeded',
  declined: 'declined',
  requires_action: 'requires_action',
  pending: 'pending',
  // What was voided had succeeded before; what never did is told apart by its amount (responses.ts).
  canceled: 'declined',
};

/** The same for captures, voids and refunds. */
export const ENTRY_STATUSES: { readonly [status: string]: Meaning } = {
  succeeded: 'succeeded',
  pending: 'pending',
  failed: 'declined',
  reversed: 'reversed',
};

/** The simulator's decline and failure codes in our words; any other is a decline for an unknown reason. */
export const DECLINES: { readonly [code: string]: DeclineCode } = {
  authentication_failed: 'authentication_failed',
  do_not_honor: 'do_not_honor',
  expired_card: 'expired_card',
  insufficient_funds: 'insufficient_funds',
  suspected_fraud: 'suspected_fraud',
  capture_failed: 'processing_error',
  void_failed: 'processing_error',
};

/** 409 answers that are about the call and not the charge: the first call is still under way. */
export const IN_FLIGHT = 'idempotency_in_flight';
