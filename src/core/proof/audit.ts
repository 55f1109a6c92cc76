import { findBreak, type StreamHead } from '#core/journal/chain.ts';
import type { FeedItem } from '#core/journal/ports.ts';
import { createHeads, type SignedRoot, statementText } from './roots.ts';

/** The first thing that is not as it was written. `where` names it: a stream and commit, a root. */
export type Difference = { where: string; what: string };

export type AuditOptions = {
  roots: readonly SignedRoot[];
  isSigned: (root: SignedRoot, text: string) => boolean;
};

/** Reads the journal in the order of the feed and compares it with its own hashes and with what was signed. */
export function createAudit({ roots, isSigned }: AuditOptions) {
  const streams = new Map<string, StreamHead>();
  const changed = createHeads();
  let next = 0;
  let position = 0;

  function check(item: FeedItem): Difference | null {
    const overdue = closeRootsBefore(item.position);
    if (overdue !== null) return overdue;
    const { commit } = item;
    const reason = findBreak(commit, streams.get(commit.stream) ?? null);
    if (reason !== null) return { where: `commit ${commit.stream}/${commit.seq}`, what: reason };
    streams.set(commit.stream, { seq: commit.seq, hash: commit.hash, at: JSON.parse(commit.facts).at as number });
    changed.add(item);
    position = item.position;
    return null;
  }

  /** After the last commit: the roots that are left must be of what was read. */
  function end(): Difference | null {
    return closeRootsBefore(Number.POSITIVE_INFINITY);
  }

  function closeRootsBefore(following: number): Difference | null {
    for (let root = roots[next]; root !== undefined && root.position < following; root = roots[next]) {
      const what = differenceOf(root, roots[next - 1]);
      if (what !== null) return { where: `root ${root.number}`, what };
      changed.clear();
      next += 1;
    }
    return null;
  }

  function differenceOf(root: SignedRoot, before: SignedRoot | undefined): string | null {
    const { signature: _, ...statement } = root;
    const found = changed.statement();
    if (!isSigned(root, statementText(statement))) return 'its signature is not right';
    if (root.previous !== (before?.root ?? null)) return 'it does not follow the root before it';
    if (root.streams !== found.streams || root.root !== found.root)
      return 'the commits that it covers are not those that were signed';
    return null;
  }

  return { check, end, counts: () => ({ streams: streams.size, roots: next, position }) };
}
