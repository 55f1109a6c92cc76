import type { DeclineCode } from '#core/provider/declineCodes.ts';
import type { WebhookNotice } from '#core/provider/port.ts';

/** `refusal`: the code beside it says why. */
export type Meaning =
  | 'succeeded'
  | 'partly'
  | 'refusal'
  | 'canceled'
  | 'requires_action'
  | 'pending'
  | 'nothing_certain';

/** What a `resultCode` says of a payment. Complete over the enum of checkout v72; a word that isn't here says nothing for certain. */
export const RESULT_CODES: { readonly [word: string]: Meaning } = {
  Authorised: 'succeeded',
  PartiallyAuthorised: 'partly',
  Refused: 'refusal',
  Error: 'refusal',
  Cancelled: 'canceled',
  RedirectShopper: 'requires_action',
  IdentifyShopper: 'requires_action',
  ChallengeShopper: 'requires_action',
  PresentToShopper: 'requires_action',
  Pending: 'pending',
  Received: 'pending',
  // Of authentications without a payment, and of sessions: we ask for neither.
  AuthenticationFinished: 'nothing_certain',
  AuthenticationNotRequired: 'nothing_certain',
  Success: 'nothing_certain',
};

/** Captures, cancels, refunds: the answer says only that it was received. */
export const RECEIVED = 'received';

/** `refusalReasonCode` in our words; any other is a decline for an unknown reason. README.md says how sure each part is. */
export const REFUSALS: { readonly [code: string]: DeclineCode } = {
  2: 'do_not_honor',
  3: 'do_not_honor',
  4: 'processing_error',
  5: 'invalid_payment_method',
  6: 'expired_card',
  7: 'processing_error',
  8: 'invalid_payment_method',
  9: 'processing_error',
  10: 'invalid_payment_method',
  11: 'authentication_failed',
  12: 'insufficient_funds',
  14: 'suspected_fraud',
  15: 'canceled',
  16: 'canceled',
  17: 'authentication_failed',
  18: 'authentication_failed',
  19: 'authentication_failed',
  20: 'suspected_fraud',
  21: 'processing_error',
  22: 'suspected_fraud',
  23: 'do_not_honor',
  24: 'authentication_failed',
  25: 'invalid_payment_method',
  26: 'do_not_honor',
  27: 'do_not_honor',
  28: 'insufficient_funds',
  29: 'insufficient_funds',
  31: 'suspected_fraud',
  32: 'authentication_failed',
  33: 'authentication_failed',
  34: 'invalid_payment_method',
  35: 'invalid_payment_method',
  36: 'authentication_failed',
  37: 'authentication_failed',
  38: 'authentication_failed',
  39: 'authentication_failed',
  42: 'authentication_failed',
  46: 'do_not_honor',
};

/** The same by `refusalReason`: webhooks have the text alone. */
export const REFUSAL_TEXTS: { readonly [text: string]: string } = {
  refused: '2',
  referral: '3',
  'acquirer error': '4',
  'blocked card': '5',
  'expired card': '6',
  'invalid amount': '7',
  'invalid card number': '8',
  'issuer unavailable': '9',
  'not supported': '10',
  '3d not authenticated': '11',
  'not enough balance': '12',
  'acquirer fraud': '14',
  cancelled: '15',
  'shopper cancelled': '16',
  fraud: '20',
  'not submitted': '21',
  'fraud-cancelled': '22',
  'transaction not permitted': '23',
  'cvc declined': '24',
  'restricted card': '25',
  'revocation of auth': '26',
  'declined non generic': '27',
  'withdrawal amount exceeded': '28',
  'withdrawal count exceeded': '29',
  'issuer suspected fraud': '31',
  'avs declined': '32',
  'authentication required': '38',
};

/** `failure`: success means that what had been done has failed. `ends`: success means that it will not take place any more. */
export type EventRule = { kind: WebhookNotice['kind']; means: 'success' | 'failure' | 'ends' };

/** What webhooks say, by `eventCode`. CANCEL_OR_REFUND says in `modification.action` which of the two it was. */
export const EVENTS: { readonly [eventCode: string]: EventRule } = {
  AUTHORISATION: { kind: 'authorize', means: 'success' },
  OFFER_CLOSED: { kind: 'authorize', means: 'ends' },
  CAPTURE: { kind: 'capture', means: 'success' },
  CAPTURE_FAILED: { kind: 'capture', means: 'failure' },
  CANCELLATION: { kind: 'void', means: 'success' },
  TECHNICAL_CANCEL: { kind: 'void', means: 'success' },
  REFUND: { kind: 'refund', means: 'success' },
  REFUND_FAILED: { kind: 'refund', means: 'failure' },
  REFUNDED_REVERSED: { kind: 'refund', means: 'failure' },
};
export const EITHER = 'CANCEL_OR_REFUND';
export const EITHER_ACTIONS: { readonly [action: string]: EventRule } = {
  cancel: { kind: 'void', means: 'success' },
  refund: { kind: 'refund', means: 'success' },
};

/** No news of any money: they may be forgotten. What else isn't in EVENTS (disputes, expiry, payouts) is kept for an operator. */
export const OTHER_EVENTS: ReadonlySet<string> = new Set([
  'AUTHENTICATION',
  'ORDER_OPENED',
  'RECURRING_CONTRACT',
  'REPORT_AVAILABLE',
]);
