import type { DeclineCode } from '#core/provider/declineCodes.ts';

/** What a charge's status says of the operation that asked for it. A word that isn't here is `unknown`. */
export const CHARGE_STATUSES = { succeeded: 'succeeded', authorized: 'succeeded', declined: 'declined' } as const;

/** The simulator's decline codes in our words; any other is a decline for an unknown reason. */
export const DECLINES: { readonly [code: string]: DeclineCode } = {
  authentication_failed: 'authentication_failed',
  do_not_honor: 'do_not_honor',
  expired_card: 'expired_card',
  insufficient_funds: 'insufficient_funds',
  suspected_fraud: 'suspected_fraud',
};
