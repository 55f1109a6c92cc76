import { nextDueAt } from '#core/payments/owed.ts';
import type { Payment } from '#core/payments/payment.ts';
import type { World } from '../world.ts';

/**
 * With some versions of payments their rows of the schedule get lost, whichever process writes them: the sweep has to find that. Returns whether a row is missing now, so that
 * time doesn't leap over the sweeps.
 */
export function loseRows({ storage, faults, names }: Pick<World, 'storage' | 'faults' | 'names'>): () => boolean {
  const { schedule } = storage;
  const { save } = schedule.projection;
  const decided = new Map<string, boolean>();
  const missing = new Set<string>();
  const newest = new Map<string, number>();

  function isLost(payment: Payment): boolean {
    const { id, version } = payment;
    const row = `${id}/${version}`;
    const known = decided.get(row);
    if (known !== undefined) return known;
    // What a slow process writes of an older version takes nothing away.
    const isNewest = version >= (newest.get(id) ?? 0);
    newest.set(id, Math.max(version, newest.get(id) ?? 0));
    const lost = isNewest && nextDueAt(payment) !== null && faults.happens('schedule_lost', names.payment(id) ?? id);
    decided.set(row, lost);
    if (!lost) return false;
    void schedule.correct(id, version, null);
    missing.add(id);
    return true;
  }

  schedule.projection.save = (payments, position, commits) => {
    const kept = payments.filter((payment) => !isLost(payment));
    for (const { id } of kept) missing.delete(id);
    return save(kept, position, commits);
  };
  return () => {
    for (const id of missing) if (schedule.has(id)) missing.delete(id);
    return missing.size > 0;
  };
}
