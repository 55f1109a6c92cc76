import { sha256 } from '#core/journal/commit.ts';
import type { Charge, Entry, Kept } from './model.ts';

/** `late`: it was asked for, and came long after we had given it up. */
type Indexed = { made: Charge | Entry; at: number; account: string; late: boolean };

export type Books = ReturnType<typeof createBooks>;

/** The books of all providers, and a record of everything that they ever said: what is no part of it was never said. */
export function createBooks() {
  const charges = new Map<string, Kept>();
  const byReference = new Map<string, Indexed[]>();
  const byPayment = new Map<string, Kept[]>();
  const said = new Set<string>();

  function keep(kept: Kept): void {
    const { id, metadata } = kept.charge;
    charges.set(id, kept);
    byPayment.set(metadata.payment, [...(byPayment.get(metadata.payment) ?? []), kept]);
  }

  /** What an inquiry looks for: objects of any kind, by the reference that we gave them. */
  function index(made: Charge | Entry, place: Omit<Indexed, 'made'>): void {
    if (made.reference === null) return;
    const known = byReference.get(made.reference) ?? [];
    byReference.set(made.reference, [...known, { made, ...place }]);
  }

  /** By the reference that we gave it. */
  function ofReference(reference: string): Kept | undefined {
    const made = byReference.get(reference)?.[0]?.made;
    return made === undefined ? undefined : charges.get(made.id);
  }

  return {
    keep,
    index,
    find: (account: string, id: string): Kept | undefined => {
      const kept = charges.get(id) ?? ofReference(id);
      return kept?.account === account ? kept : undefined;
    },
    ofPayment: (payment: string): readonly Kept[] => byPayment.get(payment) ?? [],
    named: (reference: string): readonly Indexed[] => byReference.get(reference) ?? [],
    /** In order of arrival. */
    all: (): readonly Kept[] => [...charges.values()],
    count: () => charges.size,
    /** A body that leaves a provider. */
    say: (body: string, account: string): void => void said.add(`${account} ${sha256(body)}`),
    /** Whether the account's provider ever said what has this hash. */
    didSay: (account: string, rawHash: string): boolean => said.has(`${account} ${rawHash}`),
  };
}
