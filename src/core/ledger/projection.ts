import type { FoldedCommit, PaymentProjection } from '#core/payments/projection.ts';
import { entriesOfCommit } from './entriesOfCommit.ts';
import type { LedgerStore, PostedEntry } from './ports.ts';

/** Posts every commit of the feed, each from its own place in its stream: redeliveries, gaps and the order between streams change nothing. */
export function createLedgerProjection(ledger: LedgerStore): PaymentProjection {
  return {
    name: 'ledger',
    position: ledger.position,
    save: async (_, position, commits) => {
      const reached = ledger.position();
      const entries = commits.filter((folded) => folded.position > reached).flatMap(entriesOf);
      await ledger.append({ entries, position });
    },
  };
}

function entriesOf({ position, commit, history }: FoldedCommit): readonly PostedEntry[] {
  const entries = entriesOfCommit(history, commit.seq);
  return entries.map((entry) => ({ ...entry, position }));
}
