import type { Evidence } from './events.ts';
import type { Claims } from './payment.ts';

/**
 * Evidence about one operation, joined so that the order in which it arrives decides nothing: of each kind the best is kept, and the
 * status follows from what is kept.
 */

export const NO_CLAIMS: Claims = { moved: null, failed: null, latest: null };

const RANK: { readonly [source in Evidence['source']]: number } = {
  operator: 0,
  reply: 1,
  webhook: 2,
  inquiry: 3,
  settlement: 4,
};

export function joinClaim(claims: Claims, kind: 'moved' | 'failed', evidence: Evidence): Claims {
  return { ...claims, latest: evidence, [kind]: betterOf(claims[kind], evidence) };
}

/**
 * A total order, so that joining is the same in any order: a settlement is the last word; then the provider's own version of the object (none is
 * older than any); and only where there is no version, who said it.
 */
export function isNewer(evidence: Evidence, than: Evidence): boolean {
  const differences = [
    Number(evidence.source === 'settlement') - Number(than.source === 'settlement'),
    (evidence.providerVersion ?? -1) - (than.providerVersion ?? -1),
    evidence.providerVersion === null ? RANK[evidence.source] - RANK[than.source] : 0,
  ];
  return (differences.find((difference) => difference !== 0) ?? 0) > 0;
}

/** Proof that money moved beats any claim that it didn't, unless the failure is newer: then what had succeeded was reversed. */
export function isReversed({ moved, failed }: Claims): boolean {
  return moved !== null && failed !== null && isNewer(failed, moved);
}

function betterOf(known: Evidence | null, evidence: Evidence): Evidence {
  return known === null || isNewer(evidence, known) ? evidence : known;
}
