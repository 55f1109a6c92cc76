/**
 * Everything that can go wrong, and how often where it can: the chance at each opportunity, in a run in which it goes wrong at the usual rate. A run takes some of
 * the kinds, each at a rate of its own.
 */
export const FAULT_KINDS = {
  // Processes.
  crash: 0.002, // dies at a call of a port: before it has an effect, or after
  freeze: 0.001, // stands still for a while and then goes on, unaware of it
  clock_skew: 0.7, // its wall clock is up to a second off
  clock_jump: 0.05, // its wall clock is set, back or forth, within that second
  // Storage.
  append_failed: 0.004, // an append fails, and nothing was stored
  append_unclear: 0.004, // an append fails, and it was stored
  append_late: 0.002, // an append fails, and is stored a moment later
  storage_failed: 0.004, // another read or write fails
  storage_slow: 0.01, // a read or write takes seconds
  feed_repeat: 0.05, // the feed gives again what it gave before
  feed_delay: 0.03, // the feed does not give the newest commits yet
  feed_poison: 0.15, // a later release of the platform writes commits that this one can't read
  // Between us and a provider.
  refused: 0.02, // no connection
  request_lost: 0.02, // sent, and it never arrives
  request_late: 0.004, // it arrives minutes or hours after we gave it up
  request_twice: 0.01, // a proxy on the way sends it again
  request_replayed: 0.002, // the same, after the provider has forgotten the key
  reply_lost: 0.02,
  reply_late: 0.02, // it comes after the deadline
  reply_garbled: 0.02, // HTML, or cut off
  // The provider.
  provider_broken: 0.02, // answers 500 or 429 and has done nothing
  gateway_broken: 0.02, // has done it, and answers 502
  provider_slow: 0.05, // a long tail of latencies
  outage: 0.15, // nobody answers for a while
  inquiry_lag: 0.5, // inquiries see what is done only after a while
  late_decision: 0.01, // approves what it had declined
  amount_wrong: 0.01, // approves another amount
  dashboard: 0.05, // somebody captures or refunds in the provider's dashboard
  reversal: 0.05, // a capture or a refund fails at settlement
  // Webhooks.
  webhook_early: 0.3, // before the reply
  webhook_twice: 0.1,
  webhook_late: 0.1, // minutes
  webhook_days_late: 0.02,
  webhook_outage: 0.2, // an account's webhooks all wait, for minutes or hours
  webhook_lost: 0.1, // never told, where an inquiry would tell
  webhook_forged: 0.05, // signed by nobody
  webhook_crossed: 0.05, // signed by another account, about a payment of this one
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;
export const ALL_FAULTS = Object.keys(FAULT_KINDS) as readonly FaultKind[];
