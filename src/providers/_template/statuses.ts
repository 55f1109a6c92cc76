import type { DeclineCode } from '#core/provider/declineCodes.ts';
import type { Outcome } from '#core/provider/port.ts';

/** Every word that the provider's description has for a payment, and what it says of the operation. Any other is unknown. */
export const STATUSES: { readonly [status: string]: Exclude<Outcome['outcome'], 'rejected' | 'requires_action'> } = {};

/** The provider's codes in our words; any other is a decline for an unknown reason. */
export const DECLINES: { readonly [code: string]: DeclineCode } = {};
