import { sealCommit } from '#core/journal/commit.ts';
import type { World } from '../world.ts';

/** A stream that a later release of the platform writes: this one can't read its first commit, nor what follows. */
export const LATER_RELEASE = `pay_${'z'.repeat(32)}`;

const EVENT_VERSION_LATER = 1000;
const FROM_MS_MAX = 30_000;

export function scheduleLaterRelease(world: World): void {
  const { faults, chance, scheduler, storage, names } = world;
  names.learn(LATER_RELEASE, 'later');
  if (!faults.happens('feed_poison', 'later')) return;
  const dice = chance.of('later release');
  const first = commit(1, null);
  const writes = [first, commit(2, first.hash)];
  let at = scheduler.now();
  for (const stored of writes) {
    at += dice.between(0, FROM_MS_MAX);
    scheduler.at(at, () => {
      world.trace.say('later release', `writes ${stored.stream}/${stored.seq}`);
      void storage.journal.append(stored);
    });
  }
}

function commit(seq: number, previous: string | null) {
  const events = [{ type: 'payment.created', v: EVENT_VERSION_LATER, surprise: true }];
  const place = { stream: LATER_RELEASE, seq, commitId: `later ${seq}`, at: 0, previous };
  return sealCommit({ ...place, command: null, events, personal: null });
}
