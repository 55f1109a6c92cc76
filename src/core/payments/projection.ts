import type { StoredCommit } from '#core/journal/commit.ts';
import type { History } from './history.ts';
import type { Payment } from './payment.ts';

/**
 * Something made from payments as they change, at least once each: an index, a schedule, the ledger. What a batch changes and the position
 * after it are saved together.
 *
 *   payments  each payment of the batch once, as it is after it or later; one whose version is not newer than the one saved changes nothing
 *   commits   every commit of the batch, in the order of the feed
 */
export type PaymentProjection = {
  name: string;
  position: () => number;
  save: (payments: readonly Payment[], position: number, commits: readonly FoldedCommit[]) => void | Promise<void>;
};

/** A commit with its position in the feed and its stream, read at least as far as this commit. */
export type FoldedCommit = { position: number; commit: StoredCommit; history: History };
