import type { StoredCommit } from '#core/journal/commit.ts';
import type { History } from './history.ts';

type Folded = { commits: readonly StoredCommit[]; history: History };

/**
 * The same fold, without folding again what this process has folded lately: a payment that is worked on is read many times within seconds. What was read
 * is compared text by text, so a commit that was changed, or whose personal data was erased, is folded anew.
 */
export function createRememberedFolds(
  streamsMax: number,
  foldOn: (from: History, commits: readonly StoredCommit[]) => History,
) {
  const folded = new Map<string, Folded>();

  return function fold(stream: string, commits: readonly StoredCommit[]): History {
    const known = folded.get(stream);
    folded.delete(stream);
    const from = known !== undefined && goesOn(known.commits, commits) ? known.history : { stream, versions: [] };
    const now = foldOn(from, commits.slice(from.versions.length));
    if (commits.length > 0) remember(stream, { commits, history: now });
    return now;
  };

  function remember(stream: string, now: Folded): void {
    folded.set(stream, now);
    const oldest = folded.keys().next();
    if (folded.size > streamsMax && !oldest.done) folded.delete(oldest.value);
  }
}

/** Whether the stream begins with what was known of it. */
function goesOn(known: readonly StoredCommit[], commits: readonly StoredCommit[]): boolean {
  return known.length <= commits.length && known.every((commit, place) => isSame(commit, commits[place]));
}

function isSame(known: StoredCommit, read: StoredCommit | undefined): boolean {
  return (
    known === read ||
    (known.hash === read?.hash &&
      known.facts === read.facts &&
      known.personal === read.personal &&
      known.seq === read.seq &&
      known.stream === read.stream)
  );
}
