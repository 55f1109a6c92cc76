import { openCommit, type StoredCommit, sha256 } from './commit.ts';

export type ChainBreak = { stream: string; seq: number; reason: string };

/** The first place where a stream, read from its beginning, is not what was written; null when it is whole. */
export function findChainBreak(commits: readonly StoredCommit[]): ChainBreak | null {
  let previous: string | null = null;
  let at = 0;
  for (const [index, stored] of commits.entries()) {
    const reason = breakAt(stored, { seq: index + 1, previous, at });
    if (reason !== null) return { stream: stored.stream, seq: stored.seq, reason };
    previous = stored.hash;
    at = openCommit(stored).at;
  }
  return null;
}

function breakAt(stored: StoredCommit, expected: { seq: number; previous: string | null; at: number }): string | null {
  if (stored.seq !== expected.seq) return `commit ${expected.seq} is missing`;
  if (sha256(stored.facts) !== stored.hash) return 'the facts do not match their hash';
  const facts = openCommit(stored);
  if (facts.stream !== stored.stream || facts.seq !== stored.seq) return 'the commit was written for another address';
  if (facts.commitId !== stored.commitId) return 'the commit id differs from the one in the facts';
  if (facts.previous !== expected.previous) return 'the commit does not follow the one before it';
  if (facts.at < expected.at) return 'its time is before the time of the commit that it follows';
  if (stored.personal !== null && sha256(stored.personal) !== facts.personalHash)
    return 'the personal data does not match its hash';
  return null;
}
