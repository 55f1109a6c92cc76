import { Fault } from '#core/kit/fault.ts';
import type { PaymentEvent } from '#core/payments/events.ts';
import type { Payment } from '#core/payments/payment.ts';
import type { Entry } from './entry.ts';
import { POSTINGS_1 } from './postingsVersion1.ts';

/** One event in its place. */
export type Step = {
  event: PaymentEvent;
  before: Payment;
  after: Payment;
  /** In which currency the provider saw an operation, as far as was known before the event. */
  currencyOf: (operation: number) => string;
};

/** `moves`: whether an event of this type can make an entry at all. */
export type PostingRules = {
  moves: (type: PaymentEvent['type']) => boolean;
  post: (step: Step) => readonly Entry[];
};

const VERSIONS: ReadonlyMap<number, PostingRules> = new Map([[1, POSTINGS_1]]);

/**
 * The rules by which the events of a commit are posted, for ever: the commit says which. One of a later version of the platform is a Fault that
 * can be retried: readers are deployed before writers.
 */
export function postingRules(version: number): PostingRules {
  const rules = VERSIONS.get(version);
  if (rules !== undefined) return rules;
  throw new Fault('postings_version_unknown', `posting rules version ${version} are not known to this version`, {
    retryable: true,
  });
}
