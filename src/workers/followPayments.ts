import type { Feed, FeedItem } from '#core/journal/ports.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock, Timers } from '#core/kit/world.ts';
import { emptyHistory, foldCommit, type Histories, type History, latest } from '#core/payments/history.ts';
import { owed } from '#core/payments/owed.ts';
import { isUnreadable, type Parking } from '#core/payments/parking.ts';
import type { Payment } from '#core/payments/payment.ts';
import type { FoldedCommit, PaymentProjection } from '#core/payments/projection.ts';
import { statusOf } from '#core/payments/status.ts';

const BATCH_COMMITS_MAX = 256;
/** Commits are gathered for this long, so that most payments are written once, as they ended, and not twice. */
const GATHER_MS = 25;
const RETRY_MS = 1000;
/** Payments under way that are kept folded; others are read again from the journal. */
const CACHED_MAX = 10_000;

export type FollowPaymentsDeps = {
  feed: Feed;
  histories: Histories;
  projections: readonly PaymentProjection[];
  parking: Parking;
  clock: Clock;
  timers: Timers;
  log: Log;
};

/**
 * Folds the feed once for all projections of payments. Each keeps its own position; one that is behind is caught up first. One that fails is
 * left alone for a while: the others go on.
 */
export function createFollowPayments({
  feed,
  histories,
  projections,
  parking,
  clock,
  timers,
  log,
}: FollowPaymentsDeps) {
  const cache = new Map<string, History>();
  const resting = new Map<PaymentProjection, () => void>();
  let callOff: (() => void) | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  async function step(): Promise<boolean> {
    const awake = projections.filter((projection) => !resting.has(projection));
    if (awake.length === 0) return false;
    const items = await feed.read(slowest(awake), BATCH_COMMITS_MAX);
    const last = items.at(-1);
    if (last === undefined) return false;
    const folded = await fold(items);
    for (const projection of awake) {
      if (projection.position() < last.position) await save(projection, folded, last.position);
    }
    return items.length === BATCH_COMMITS_MAX;
  }

  async function save(projection: PaymentProjection, { payments, commits }: Folded, position: number): Promise<void> {
    try {
      await projection.save(payments, position, commits);
    } catch (fault) {
      log.error('a projection could not follow the feed of payments', { projection: projection.name, fault });
      const wakeAgain = timers.after(RETRY_MS, () => {
        resting.delete(projection);
        wake(0);
      });
      resting.set(projection, wakeAgain);
    }
  }

  /** The payments of a batch as they are after it, in the order in which they first stand in it; and its commits. */
  async function fold(items: readonly FeedItem[]): Promise<Folded> {
    const changed = new Map<string, Payment>();
    const commits: FoldedCommit[] = [];
    for (const item of items) {
      const history = await read(item);
      const payment = history === null ? null : latest(history);
      if (history === null || payment === null) continue;
      changed.set(history.stream, payment);
      commits.push({ ...item, history });
      remember(history, payment);
    }
    return { payments: [...changed.values()], commits };
  }

  /** The stream, at least as far as this commit; null when the stream is parked: later commits wait behind the one that can't be read. */
  async function read({ position, commit }: FeedItem): Promise<History | null> {
    if (parking.has(commit.stream)) return null;
    try {
      const known = commit.seq === 1 ? emptyHistory(commit.stream) : cache.get(commit.stream);
      // A stream that isn't cached is read whole: it may then be ahead of the batch, which the versions make harmless.
      const history =
        known === undefined || known.versions.length < commit.seq - 1 ? await histories.load(commit.stream) : known;
      const folded = history.versions.length === commit.seq - 1 ? foldCommit(history, commit) : history;
      assertUsable(latest(folded));
      return folded;
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      parking.park({ stream: commit.stream, seq: commit.seq, position, reason: fault.message, since: clock.now() });
      log.error('a stream is parked: it can not be read on', { stream: commit.stream, seq: commit.seq, fault });
      return null;
    }
  }

  function remember(history: History, payment: Payment): void {
    cache.delete(history.stream);
    if (owed(payment).length === 0) return;
    cache.set(history.stream, history);
    const oldest = cache.keys().next();
    if (cache.size > CACHED_MAX && !oldest.done) cache.delete(oldest.value);
  }

  async function catchUp(): Promise<void> {
    while (!stopped && (await step())) await new Promise<void>(timers.soon);
  }

  function wake(delayMs: number): void {
    if (stopped || callOff !== null) return;
    callOff = timers.after(delayMs, () => {
      callOff = null;
      running = catchUp().catch((fault: unknown) => {
        log.error('the feed of payments could not be followed', { fault });
        wake(RETRY_MS);
      });
    });
  }

  const unsubscribe = feed.subscribe(() => wake(GATHER_MS));
  wake(0);

  return {
    /** Commits that the slowest projection has not seen yet. */
    lag: () => feed.head() - slowest(projections),
    stop: async () => {
      stopped = true;
      unsubscribe();
      callOff?.();
      await running;
      for (const callOffRest of resting.values()) callOffRest();
    },
  };
}

/** What every projection computes of a payment: one that fails here fails for itself, and not for all that stand in its batch. */
function assertUsable(payment: Payment | null): void {
  if (payment === null) return;
  statusOf(payment);
  owed(payment);
}

type Folded = { payments: readonly Payment[]; commits: readonly FoldedCommit[] };

function slowest(projections: readonly PaymentProjection[]): number {
  return Math.min(...projections.map((projection) => projection.position()));
}
