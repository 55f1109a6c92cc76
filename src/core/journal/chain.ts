import { readFacts, type StoredCommit, sha256 } from './commit.ts';

export type ChainBreak = { stream: string; seq: number; reason: string };

/** Where a stream stands: what its next commit has to follow. */
export type StreamHead = { seq: number; hash: string; at: number };

/** The first place where a stream, read from its beginning, is not what was written; null when it is whole. */
export function findChainBreak(commits: readonly StoredCommit[]): ChainBreak | null {
  let head: StreamHead | null = null;
  for (const stored of commits) {
    const reason = findBreak(stored, head);
    if (reason !== null) return { stream: stored.stream, seq: stored.seq, reason };
    head = { seq: stored.seq, hash: stored.hash, at: readFacts(stored).at };
  }
  return null;
}

/** Why a commit is not the one that was written after `head` (null: the first of its stream); null when it is. */
export function findBreak(stored: StoredCommit, head: StreamHead | null): string | null {
  const seq = (head?.seq ?? 0) + 1;
  if (stored.seq !== seq) return `commit ${seq} is missing`;
  if (sha256(stored.facts) !== stored.hash) return 'the facts do not match their hash';
  const facts = readFacts(stored);
  if (facts.stream !== stored.stream || facts.seq !== stored.seq) return 'the commit was written for another address';
  if (facts.commitId !== stored.commitId) return 'the commit id differs from the one in the facts';
  if (facts.previous !== (head?.hash ?? null)) return 'the commit does not follow the one before it';
  if (facts.at < (head?.at ?? 0)) return 'its time is before the time of the commit that it follows';
  if (stored.personal !== null && sha256(stored.personal) !== facts.personalHash)
    return 'the personal data does not match its hash';
  return null;
}
