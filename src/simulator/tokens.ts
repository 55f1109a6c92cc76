/** How the provider behaves for a charge, said by the token of its payment method. */
export type Script = {
  first: 'approve' | 'decline' | 'challenge' | 'pending' | 'lost';
  declineCode: 'do_not_honor' | 'insufficient_funds' | 'expired_card' | 'suspected_fraud' | null;
  approves: 'asked' | 'more' | 'half';
  /** How the answer to the creation leaves: as it should, not at all, or as a gateway's HTML page. */
  delivery: 'normal' | 'never' | 'bad_gateway';
  /** What happens by itself a moment later. */
  later: 'settle' | 'dashboard_refund' | 'late_success' | null;
  captureFails: boolean;
  voidFails: boolean;
  refundReverses: boolean;
  duplicateWebhooks: boolean;
};

/** What `tok_amount_mismatch` approves beyond what was asked, in minor units. */
const MISMATCH_MINOR = 100n;

const APPROVED: Script = {
  first: 'approve',
  declineCode: null,
  approves: 'asked',
  delivery: 'normal',
  later: null,
  captureFails: false,
  voidFails: false,
  refundReverses: false,
  duplicateWebhooks: false,
};

const SCRIPTS: ReadonlyMap<string, Script> = new Map<string, Script>([
  ['tok_approved', APPROVED],
  ['tok_declined', { ...APPROVED, first: 'decline', declineCode: 'do_not_honor' }],
  ['tok_insufficient_funds', { ...APPROVED, first: 'decline', declineCode: 'insufficient_funds' }],
  ['tok_expired_card', { ...APPROVED, first: 'decline', declineCode: 'expired_card' }],
  ['tok_fraud', { ...APPROVED, first: 'decline', declineCode: 'suspected_fraud' }],
  ['tok_requires_action', { ...APPROVED, first: 'challenge' }],
  ['tok_pending', { ...APPROVED, first: 'pending', later: 'settle' }],
  ['tok_timeout_approved', { ...APPROVED, delivery: 'never' }],
  ['tok_timeout_lost', { ...APPROVED, first: 'lost' }],
  ['tok_http_502', { ...APPROVED, delivery: 'bad_gateway' }],
  ['tok_amount_mismatch', { ...APPROVED, approves: 'more' }],
  ['tok_partial_approval', { ...APPROVED, approves: 'half' }],
  ['tok_dashboard_refund', { ...APPROVED, later: 'dashboard_refund' }],
  ['tok_late_success', { ...APPROVED, first: 'decline', declineCode: 'do_not_honor', later: 'late_success' }],
  ['tok_capture_fails', { ...APPROVED, captureFails: true }],
  ['tok_void_fails', { ...APPROVED, voidFails: true }],
  ['tok_refund_reversed', { ...APPROVED, refundReverses: true }],
  ['tok_duplicate_webhooks', { ...APPROVED, duplicateWebhooks: true }],
]);

/**
 * `tok_connection_refused` has no script on purpose: it stands for a provider that can't be reached, so the caller's
 * side must never send it. One that arrives is an unknown token.
 */
export function scriptOf(token: string): Script | undefined {
  return SCRIPTS.get(token);
}

export function approvedAmount(script: Script, amount: bigint): bigint {
  switch (script.approves) {
    case 'asked':
      return amount;
    case 'more':
      return amount + MISMATCH_MINOR;
    case 'half':
      return amount > 1n ? amount / 2n : amount;
    default:
      return script.approves satisfies never;
  }
}
