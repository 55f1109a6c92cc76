import { registerHooks } from 'node:module';

/**
 * Bugs in the middle of the platform's own code, where no port can be wrapped: an edit of its source, made while it is loaded. Whoever plants one does so before
 * anything of the platform is imported, so this file imports nothing of it.
 */
export type SourceEdit = { wrong: string; file: string; from: string; to: string };

const PAYMENTS = 'src/core/payments';
const LEDGER = 'src/core/ledger/postingsVersion1.ts';

export const SOURCE_EDITS: { readonly [bug: string]: SourceEdit } = {
  duplicates_written: {
    wrong: 'the same evidence, told again, is written again',
    file: `${PAYMENTS}/claims.ts`,
    from: '?? 0) > 0;',
    to: '?? 0) >= 0;',
  },
  returned_without_rest: {
    wrong: 'what a provider refused to give back is asked for again at once',
    file: `${PAYMENTS}/owed.ts`,
    from: 'dueAt: last === undefined ? first : last.createdAt + TRY_AGAIN_MS }];',
    to: 'dueAt: first }];',
  },
  challenge_cut_short: {
    wrong: 'a customer has five minutes for a challenge',
    file: `${PAYMENTS}/owed.ts`,
    from: 'const CHALLENGE_MS = HOUR_MS;',
    to: 'const CHALLENGE_MS = 5 * MINUTE_MS;',
  },
  hold_given_up_early: {
    wrong: 'a hold is given up after a day',
    file: `${PAYMENTS}/owed.ts`,
    from: 'const AUTHORIZATION_MS = 7 * DAY_MS;',
    to: 'const AUTHORIZATION_MS = DAY_MS;',
  },
  stops_count_as_lapses: {
    wrong: 'the stops of a challenge count as voids of the hold that came of it, which is then given up at once',
    file: `${PAYMENTS}/owed.ts`,
    from: "return cause === 'lapsed' && !stops;",
    to: "return cause === 'lapsed';",
  },
  doubt_hammered: {
    wrong: 'a doubt is asked about every few seconds',
    file: `${PAYMENTS}/doubt.ts`,
    from: 'outcome.since + inquireAfter(outcome.inquiries)',
    to: 'outcome.since + 5 * SECOND_MS * (1 + outcome.inquiries)',
  },
  doubt_untold: {
    wrong: 'nobody is told of what is in doubt for a day',
    file: `${PAYMENTS}/pursue.ts`,
    from: 'new Set([4, 8])',
    to: 'new Set()',
  },
  capture_beyond_what_is_open: {
    wrong: 'a capture under way does not count against what is left to capture',
    file: `${PAYMENTS}/amounts.ts`,
    from: 'if (open) tally.used += amountMinor;',
    to: '',
  },
  refund_beyond_what_is_open: {
    wrong: 'a refund under way does not count against what is left to refund',
    file: `${PAYMENTS}/amounts.ts`,
    from: 'positive(captured - refunded - refunding)',
    to: 'positive(captured - refunded)',
  },
  second_capture_anywhere: {
    wrong: 'a second capture is asked of a provider that takes one',
    file: `${PAYMENTS}/decide/capture.ts`,
    from: 'planner.capabilities(authorization.account) ?? CAPTURES_ONCE;',
    to: '{ multipleCaptures: true, partialCaptures: true };',
  },
  void_of_rest_anywhere: {
    wrong: 'after a part was captured, a void is asked of a provider that voids no rest',
    file: `${PAYMENTS}/decide/cancel.ts`,
    from: 'capturedMinor === 0n || planner',
    to: 'capturedMinor >= 0n || planner',
  },
  operator_overrules: {
    wrong: 'an operator may say of anything that it did not happen',
    file: `${PAYMENTS}/decide/operator.ts`,
    from: "if (!isForOperators(operation)) return err({ code: 'operation_not_in_doubt' });",
    to: '',
  },
  ledger_keeps_voided_holds: {
    wrong: 'the ledger does not let go of a hold that was voided',
    file: LEDGER,
    from: "if (kind === 'void' && outcome.status === 'succeeded') return 0n;",
    to: '',
  },
  ledger_keeps_ended_doubts: {
    wrong: 'the ledger does not hear that what was in doubt never happened',
    file: LEDGER,
    from: "'operation.not_found': true",
    to: "'operation.not_found': false",
  },
  ledger_keeps_what_a_last_capture_releases: {
    wrong: 'the ledger holds on to what the last capture has released',
    file: LEDGER,
    from: 'heldMinor = final ? 0n : heldMinor - outcome.amountMinor',
    to: 'heldMinor -= outcome.amountMinor',
  },
  ledger_without_reversals: {
    wrong: 'the ledger does not hear of what failed at settlement',
    file: LEDGER,
    from: "'operation.reversed': true",
    to: "'operation.reversed': false",
  },
  status_part_as_whole: {
    wrong: 'a payment of which a part was captured is shown as succeeded',
    file: `${PAYMENTS}/status.ts`,
    from: "if (capturedMinor >= held) return 'succeeded';",
    to: "if (capturedMinor > 0n) return 'succeeded';",
  },
  status_expired_as_canceled: {
    wrong: 'a hold that has lapsed is shown as canceled by the merchant',
    file: `${PAYMENTS}/status.ts`,
    from: "if (voided !== undefined) return voided.cause === 'lapsed' ? 'expired' : 'canceled';",
    to: "if (voided !== undefined) return 'canceled';",
  },
  sweep_that_puts_nothing_back: {
    wrong: 'the sweep finds what the schedule has lost, and does not put it back',
    file: 'src/workers/sweepOpen.ts',
    from: 'dueAt !== null && (await schedule.restore(id, payment.version, dueAt))',
    to: 'dueAt === 0 && (await schedule.restore(id, payment.version, dueAt))',
  },
};

/** In this thread; does nothing for any other name. */
export function plantEdit(bug: string | undefined): void {
  const edit = bug === undefined ? undefined : SOURCE_EDITS[bug];
  if (edit === undefined) return;
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/${edit.file}`)) return loaded;
      const parts = String(loaded.source).split(edit.from);
      if (parts.length !== 2)
        throw new Error(`${bug}: "${edit.from}" stands ${parts.length - 1} times in ${edit.file}, and should once`);
      return { ...loaded, source: parts.join(edit.to) };
    },
  });
}
