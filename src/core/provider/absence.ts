import type { Lookup, NotFound, Outcome, ProviderAccount, ProviderResponse } from './port.ts';

/**
 * What isn't found isn't there only if we asked the right books for the right time. Taken for absent, it would be tried again: a second charge.
 */

/** Processes go on with what they know of an account for so long (providerAccounts/directory.ts). */
const KEYS_USED_MS = 60_000;
/** The header `Date` has whole seconds (RFC 9110, 6.6.1). */
const SECOND_MS = 1000;

/** New keys may be of another contract, or of its test mode: what was sent with the former ones isn't in its books. `sentAt`: milliseconds since the epoch. */
export function areSameBooks({ keysChangedAt }: ProviderAccount, sentAt: number): boolean {
  return keysChangedAt === undefined || sentAt > keysChangedAt + KEYS_USED_MS;
}

/** `asked`: when the provider was asked and had answered, by our clock. */
export type Heard = { response: ProviderResponse; asked: { from: number; to: number } };

/** `unknown` in the place of `not_found` where the lookup goes by time, and the provider's clock isn't known to agree with ours. */
export function believe<Answer extends Outcome | NotFound>(
  { clocksDifferMs }: Lookup,
  answer: Answer,
  heard: Heard | null,
): Answer | Outcome {
  if (answer.outcome !== 'not_found' || clocksDifferMs === undefined) return answer;
  const date = heard === null ? Number.NaN : Date.parse(String(heard.response.headers['date']));
  if (heard === null || Number.isNaN(date))
    return { outcome: 'unknown', reason: 'not found, by a clock that is not told' };
  const { from, to } = heard.asked;
  const isSame = date + SECOND_MS > from - clocksDifferMs && date < to + clocksDifferMs;
  return isSame ? answer : { outcome: 'unknown', reason: "not found, but the provider's clock differs from ours" };
}
