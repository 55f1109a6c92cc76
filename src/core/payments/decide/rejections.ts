import type { Result } from '#core/kit/result.ts';
import type { Currency } from '#core/money/currencies.ts';
import type { PaymentEvent } from '#core/payments/events.ts';
import type { PaymentStatus } from '#core/payments/status.ts';

/** Why a command is refused. Nothing was written and nothing was sent. */
export type Rejection =
  | { code: 'payment_exists' }
  | { code: 'payment_not_found' }
  | { code: 'operation_not_found' }
  | { code: 'no_provider_account' }
  /** `place`: of the token among the tokens, from 0. */
  | { code: 'token_account_unknown'; place: number }
  | { code: 'provider_unavailable' }
  | { code: 'payment_method_required' }
  | { code: 'payment_not_confirmable'; status: PaymentStatus }
  | { code: 'payment_not_capturable'; status: PaymentStatus }
  | { code: 'payment_not_cancelable'; status: PaymentStatus }
  | { code: 'payment_not_refundable'; status: PaymentStatus }
  | { code: 'amount_exceeds_capturable'; leftMinor: bigint; currency: Currency }
  | { code: 'amount_exceeds_refundable'; leftMinor: bigint; currency: Currency }
  | { code: 'multiple_captures_unsupported' }
  | { code: 'partial_capture_unsupported' }
  | { code: 'account_mismatch' }
  | { code: 'reference_mismatch' }
  | { code: 'operation_not_in_doubt' }
  | { code: 'no_conflict' }
  | { code: 'resolution_not_possible' }
  | { code: 'too_many_operations' }
  | { code: 'deadline_not_reached' };

/** Events are what the command adds; none when it changes nothing. */
export type Decision = Result<readonly PaymentEvent[], Rejection>;
