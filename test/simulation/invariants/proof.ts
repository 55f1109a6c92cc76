import { createAudit } from '#core/proof/audit.ts';
import type { Violation } from '../engine/violation.ts';
import { isSignedRoot } from '../storage/small.ts';
import type { World } from '../world.ts';

const BATCH = 1000;
/** Once a day, and a look at it that may be late. */
const SIGNED_WITHIN_MS = 32 * 60 * 60 * 1000;

/** Every commit follows the one before it, and the signed roots are of what is there. */
export async function checkProof({ storage, scheduler }: World): Promise<Violation | null> {
  const audit = createAudit({ roots: storage.roots.stored, isSigned: isSignedRoot });
  let position = 0;
  for (
    let items = await storage.feed.read(position, BATCH);
    items.length > 0;
    items = await storage.feed.read(position, BATCH)
  ) {
    for (const item of items) {
      const difference = audit.check(item);
      if (difference !== null) return { invariant: 'journal_whole', about: difference.where, what: difference.what };
      position = item.position;
    }
  }
  const difference = audit.end();
  if (difference !== null) return { invariant: 'roots', about: difference.where, what: difference.what };
  const last = storage.roots.stored.at(-1);
  const isCovered =
    last === undefined
      ? storage.feed.head() === 0
      : last.at > scheduler.now() - SIGNED_WITHIN_MS || last.position === storage.feed.head();
  return isCovered
    ? null
    : { invariant: 'roots', about: 'the last root', what: 'no root was signed for more than a day' };
}
