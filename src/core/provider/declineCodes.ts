/**
 * Why a provider said no, in our words. `soft` may succeed on another attempt or another route; `hard` will not.
 * The names follow the terms that card schemes and providers share.
 */
export const DECLINE_CODES = {
  authentication_failed: 'hard',
  canceled: 'hard',
  do_not_honor: 'hard',
  expired_card: 'hard',
  insufficient_funds: 'soft',
  invalid_payment_method: 'hard',
  processing_error: 'soft',
  suspected_fraud: 'hard',
  unknown: 'hard',
} as const satisfies Record<string, 'soft' | 'hard'>;

export type DeclineCode = keyof typeof DECLINE_CODES;
