import { nextDueAt } from '#core/payments/owed.ts';
import type { Payment } from '#core/payments/payment.ts';
import { statusOf } from '#core/payments/status.ts';
import type { Violation } from '../engine/violation.ts';
import { LATER_RELEASE } from '../people/laterRelease.ts';
import type { World } from '../world.ts';

/** What is made from the journal, against the journal: index, schedule, parked streams. */
export function checkDerived(world: World): Violation | null {
  const { storage, watch, names } = world;
  const behind = [
    storage.index.projection,
    storage.schedule.projection,
    storage.references.projection,
    { name: 'ledger', position: storage.ledger.position },
  ].find(({ position }) => position() < storage.feed.head());
  if (behind !== undefined)
    return {
      invariant: 'comes_to_rest',
      about: behind.name,
      what: `it has not followed the feed to its end (${behind.position()} of ${storage.feed.head()})`,
    };
  const rows = new Map(storage.index.rows().map((row) => [row.id, row]));
  const scheduled = new Map(storage.schedule.rows().map((row) => [row.id, row]));
  for (const payment of watch.payments()) {
    const about = names.payment(payment.id) ?? payment.id;
    const row = rows.get(payment.id);
    if (row === undefined) return { invariant: 'index', about, what: 'it has no row' };
    if (row.version !== payment.version || row.status !== statusOf(payment) || row.merchant !== payment.merchant)
      return {
        invariant: 'index',
        about,
        what: `its row says version ${row.version}, ${row.status}; it is ${payment.version}, ${statusOf(payment)}`,
      };
    rows.delete(payment.id);
    const owes = nextDueAt(payment) !== null;
    if (owes !== scheduled.has(payment.id))
      return {
        invariant: 'schedule',
        about,
        what: owes ? 'it owes a step and is not scheduled' : 'it is scheduled and owes nothing',
      };
  }
  const [extra] = rows.keys();
  if (extra !== undefined)
    return { invariant: 'index', about: extra, what: 'a row of a payment that the journal does not have' };
  return checkParked(world, watch.payments());
}

function checkParked(world: World, payments: readonly Payment[]): Violation | null {
  const isThere = world.faults.happened().some((fault) => fault.startsWith('feed_poison'));
  const parked = world.storage.parking.list().map(({ stream }) => stream);
  if (isThere && !parked.includes(LATER_RELEASE))
    return { invariant: 'parked', about: 'later', what: 'a stream that can not be read is not shown as parked' };
  const wrong = payments.find(({ id }) => parked.includes(id));
  return wrong === undefined
    ? null
    : { invariant: 'parked', about: world.names.payment(wrong.id) ?? '', what: 'it is parked, and can be read' };
}
