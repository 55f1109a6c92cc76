/** What must hold, whatever goes wrong. */
export const INVARIANTS = {
  // Along the way.
  written_before_sent: 'no byte leaves before its operation.sent is durable, and what leaves is what was written',
  sent_once: 'an operation is sent at most once, by the call whose append took place',
  resend_terms: 'nothing is sent again but what is in doubt and still wanted, while its provider remembers the key',
  sent_in_time: 'no byte leaves after sendBefore, on any clock',
  one_authorization: 'no payment has two live authorisations, and none is sent while another is open',
  guards: 'never more is captured than is held, nor more refunded than was captured',
  doubt_ends_by_evidence: 'an operation leaves unknown only by evidence about it',
  evidence_was_said: 'each piece of evidence was really said, by the provider of the account that it names',
  absence_was_true: 'nothing is proven absent that the provider had received',
  journal_whole: 'streams have no gaps, no commit is replaced, times never go back nor lie in the future',
  no_bugs: 'no assertion fails, no error goes unhandled',
  terms: 'a payment is what its merchant asked for, at the account of that merchant, and is not tried more often',
  personal: 'what opens something or is about a person stands in no fact and in no exchange',
  keys: 'no two operations share a key of the provider; a key that comes again with another body is refused',
  tenants: 'a payment of another merchant is not found',
  genuine_webhooks: 'a genuine webhook is taken, one that is not genuine is refused',
  // At rest.
  doubt_ends_in_time: 'when the provider answers again, a doubt ends within hours',
  wishes: 'what was canceled is not kept, and a part is not taken for the whole',
  books: 'the books of the providers and ours agree, charge by charge, amount by amount',
  no_double_charge: 'no customer pays twice',
  no_stray_charge: 'no charge without a payment that knows of it',
  ledger: 'the ledger balances, is the fold of the journal, and says what the providers say',
  index: 'the index is the fold of the journal',
  schedule: 'every payment that owes a step is scheduled, and no other',
  nothing_waits: 'every payment is final or waits for somebody by name',
  answers: 'every answer is still true as of its version, and a repeated request gets it again',
  webhooks_kept: 'every genuine webhook was worked on or is shown to an operator',
  parked: 'a stream that can not be read is parked, visibly, and nothing else waits for it',
  roots: 'the signed roots are those of the journal',
  comes_to_rest: 'work ends',
} as const;

export type InvariantName = keyof typeof INVARIANTS;
