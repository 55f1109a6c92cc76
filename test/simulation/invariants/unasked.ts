import { type Payment, parseOperationId, providerReferenceOf } from '#core/payments/payment.ts';
import type { Violation } from '../engine/violation.ts';
import type { Charge, Entry, Kept } from '../provider/model.ts';
import type { World } from '../world.ts';

/**
 * A charge that we can't know as ours: the provider made it a second time, because it had forgotten the key; or long after we had given it up, and it
 * doesn't tell us what for. It is no part of our books; but somebody has to be shown it.
 */
export function isUnasked(world: World, kept: Kept): boolean {
  return kept.stray || (kept.late && !isKnown(world, kept) && isShown(world, kept));
}

/** Captures and refunds that a provider did a second time, and that no payment of ours has discovered as such. */
export function strayEntries(world: World): readonly { kept: Kept; entry: Entry }[] {
  return world.watch
    .strays()
    .flatMap(({ kept, entry }) =>
      entry?.status === 'succeeded' && !isDiscovered(world, kept, entry) ? [{ kept, entry }] : [],
    );
}

function isDiscovered(world: World, { charge }: Kept, entry: Entry): boolean {
  return paymentOf(world, charge)?.operations.some((operation) => providerReferenceOf(operation) === entry.id) === true;
}

/** Whether our payment knows of the charge: its authorisation has taken effect. */
function isKnown(world: World, { charge }: Kept): boolean {
  const { n = 0 } = parseOperationId(charge.reference) ?? {};
  const outcome = paymentOf(world, charge)?.operations[n - 1]?.outcome.status;
  return outcome === 'succeeded' || outcome === 'reversed';
}

function paymentOf({ watch }: World, { reference }: Charge): Payment | undefined {
  const id = parseOperationId(reference)?.payment ?? '';
  return watch.histories().get(id)?.versions.at(-1)?.payment;
}

/** A webhook about it is in the quarantine. */
function isShown({ storage, watch }: World, { charge }: Kept): boolean {
  return [...watch.takenWebhooks()].some(
    ([id, taken]) => taken.charge === charge.id && storage.inbox.states.get(id)?.kind === 'quarantined',
  );
}

/** What a provider did a second time has to be where an operator sees it. */
export function checkStrays(world: World): Violation | null {
  const charges = world.watch.strays().filter(({ entry }) => entry === null);
  const hidden = [...charges, ...strayEntries(world)].find(({ kept }) => !isShown(world, kept));
  if (hidden === undefined) return null;
  const about = world.names.operation(hidden.kept.charge.reference);
  return {
    invariant: 'no_stray_charge',
    about,
    what: 'the provider did it a second time, and no operator is shown that',
  };
}
