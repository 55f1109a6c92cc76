import type { Log } from '#core/kit/log.ts';
import type { Clock } from '#core/kit/world.ts';
import { isUnreadable, type Parking } from '#core/payments/parking.ts';
import type { FoldedCommit, PaymentProjection } from '#core/payments/projection.ts';
import { entriesOfCommit } from './entriesOfCommit.ts';
import type { LedgerStore, PostedEntry } from './ports.ts';

export type LedgerProjectionDeps = { ledger: LedgerStore; parking: Parking; clock: Pick<Clock, 'now'>; log: Log };

/**
 * Posts every commit of the feed, each from its own place in its stream: redeliveries, gaps and the order between streams change nothing. A
 * commit that can't be posted parks its stream, and the books go on without it.
 */
export function createLedgerProjection({ ledger, parking, clock, log }: LedgerProjectionDeps): PaymentProjection {
  function entriesOf({ position, commit, history }: FoldedCommit): readonly PostedEntry[] {
    const { stream, seq } = commit;
    if (parking.has(stream)) return [];
    try {
      return entriesOfCommit(history, seq).map((entry) => ({ ...entry, position }));
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      parking.park({ stream, seq, position, reason: fault.message, since: clock.now() });
      log.error('a stream is parked: it can not be posted', { stream, seq, fault });
      return [];
    }
  }

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
