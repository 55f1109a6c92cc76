import { parseOperationId } from '#core/payments/payment.ts';
import type { Violation } from '../engine/violation.ts';
import type { Kept } from '../provider/model.ts';
import type { World } from '../world.ts';

/**
 * A charge that we can't know as ours: the provider made it a second time, because it had forgotten the key; or long after we had given it up, and it
 * doesn't tell us what for. It is no part of our books; but somebody has to be shown it.
 */
export function isUnasked(world: World, kept: Kept): boolean {
  return kept.stray || (kept.late && !isKnown(world, kept) && isShown(world, kept));
}

/** Whether our payment knows of the charge: its authorisation has the charge's own reference. */
function isKnown(world: World, { charge }: Kept): boolean {
  const { payment: id = '', n = 0 } = parseOperationId(charge.reference) ?? {};
  const versions = world.watch.histories().get(id)?.versions;
  const outcome = versions?.at(-1)?.payment.operations[n - 1]?.outcome.status;
  return outcome === 'succeeded' || outcome === 'reversed';
}

/** A webhook about it is in the quarantine. */
function isShown({ storage, watch }: World, { charge }: Kept): boolean {
  return [...watch.takenWebhooks()].some(
    ([id, taken]) => taken.charge === charge.id && storage.inbox.states.get(id)?.kind === 'quarantined',
  );
}

/** What a provider did a second time has to be where an operator sees it. */
export function checkStrays(world: World): Violation | null {
  const hidden = world.watch
    .strays()
    .find(({ kept, entry }) => (entry === null || entry.status === 'succeeded') && !isShown(world, kept));
  if (hidden === undefined) return null;
  const about = world.names.operation(hidden.kept.charge.reference);
  return {
    invariant: 'no_stray_charge',
    about,
    what: 'the provider did it a second time, and no operator is shown that',
  };
}
