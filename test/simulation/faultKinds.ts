/**
 * Everything that can go wrong, and how often where it can: the chance at each opportunity, in a run in which it goes wrong at the usual rate. A run takes some of
 * the kinds, each at a rate of its own. `text`: what it is, for whoever reads a trace.
 */
export const FAULT_KINDS = {
  // Processes.
  crash: { rate: 0.002, text: 'dies at a call of a port: before it has an effect, or after' },
  freeze: { rate: 0.001, text: 'stands still for a while and then goes on, unaware of it' },
  clock_skew: { rate: 0.7, text: 'its wall clock is up to a second off' },
  clock_jump: { rate: 0.05, text: 'its wall clock is set, back or forth, within that second' },
  // Storage.
  append_failed: { rate: 0.004, text: 'an append fails, and nothing was stored' },
  append_unclear: { rate: 0.004, text: 'an append fails, and it was stored' },
  append_late: { rate: 0.002, text: 'an append fails, and is stored a moment later' },
  storage_failed: { rate: 0.004, text: 'another read or write fails' },
  storage_slow: { rate: 0.01, text: 'a read or write takes seconds' },
  feed_repeat: { rate: 0.05, text: 'the feed gives again what it gave before' },
  feed_delay: { rate: 0.03, text: 'the feed does not give the newest commits yet' },
  feed_poison: { rate: 0.15, text: "a later release of the platform writes commits that this one can't read" },
  schedule_lost: { rate: 0.06, text: 'the schedule loses the row of a payment' },
  // Between us and a provider.
  refused: { rate: 0.02, text: 'no connection' },
  request_lost: { rate: 0.02, text: 'sent, and it never arrives' },
  request_late: { rate: 0.004, text: 'it arrives minutes or hours after we gave it up' },
  request_twice: { rate: 0.01, text: 'a proxy on the way sends it again' },
  request_replayed: { rate: 0.002, text: 'the same, after the provider has forgotten the key' },
  reply_lost: { rate: 0.02, text: 'the answer never comes back' },
  reply_late: { rate: 0.02, text: 'it comes after the deadline' },
  reply_garbled: { rate: 0.02, text: 'HTML, or cut off' },
  // The provider.
  provider_broken: { rate: 0.02, text: 'answers 500 or 429 and has done nothing' },
  gateway_broken: { rate: 0.02, text: 'has done it, and answers 502' },
  provider_slow: { rate: 0.05, text: 'a long tail of latencies' },
  outage: { rate: 0.15, text: 'nobody answers for a while' },
  inquiry_lag: { rate: 0.5, text: 'inquiries see what is done only after a while' },
  late_decision: { rate: 0.01, text: 'approves what it had declined' },
  amount_wrong: { rate: 0.01, text: 'approves another amount' },
  dashboard: { rate: 0.05, text: "somebody captures or refunds in the provider's dashboard" },
  reversal: { rate: 0.05, text: 'a capture or a refund fails at settlement' },
  // Webhooks.
  webhook_early: { rate: 0.3, text: 'before the reply' },
  webhook_twice: { rate: 0.1, text: 'it comes twice' },
  webhook_late: { rate: 0.1, text: 'it comes minutes late' },
  webhook_days_late: { rate: 0.02, text: 'it comes days late' },
  webhook_outage: { rate: 0.2, text: "an account's webhooks all wait, for minutes or hours" },
  webhook_lost: { rate: 0.1, text: 'never told, where an inquiry would tell' },
  webhook_forged: { rate: 0.05, text: 'signed by nobody' },
  webhook_crossed: { rate: 0.05, text: 'signed by another account, about a payment of this one' },
} as const satisfies { [kind: string]: { rate: number; text: string } };

export type FaultKind = keyof typeof FAULT_KINDS;
export const ALL_FAULTS = Object.keys(FAULT_KINDS) as readonly FaultKind[];
