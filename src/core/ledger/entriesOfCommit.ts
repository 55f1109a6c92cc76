import { defined } from '#core/kit/assert.ts';
import { evolve } from '#core/payments/evolve.ts';
import type { History } from '#core/payments/history.ts';
import type { LedgerEntry } from './entry.ts';
import { postingRules } from './postings.ts';

const NONE: readonly LedgerEntry[] = [];

/**
 * What commit `seq` of a stream posts by the rules that it was stamped with. Pure: from the same stream always the same entries, wherever
 * the reader of the stream has got to.
 */
export function entriesOfCommit(history: History, seq: number): readonly LedgerEntry[] {
  const version = defined(history.versions[seq - 1], `${history.stream} was read without its commit ${seq}`);
  const rules = postingRules(version.postings);
  if (!version.events.some((event) => rules.moves(event.type))) return NONE;
  const place = { stream: history.stream, seq, at: version.at };
  const entries: LedgerEntry[] = [];
  let before = history.versions[seq - 2]?.payment ?? null;
  for (const [index, event] of version.events.entries()) {
    const after = index === version.events.length - 1 ? version.payment : evolve(before, event, place);
    if (before !== null && rules.moves(event.type)) {
      const { currency } = after;
      const currencyOf = (operation: number) => currencySeen(history, { seq, index }, operation) ?? currency;
      for (const entry of rules.post({ event, before, after, currencyOf })) {
        entries.push({ ...place, n: entries.length + 1, ...entry });
      }
    }
    before = after;
  }
  return entries;
}

/** The fold keeps amounts; the currency that the provider named with them stands in the events. Null when it has named none before that place. */
function currencySeen(history: History, { seq, index }: { seq: number; index: number }, n: number): string | null {
  for (let at = seq; at > 0; at -= 1) {
    const events = history.versions[at - 1]?.events ?? [];
    const event = (at === seq ? events.slice(0, index) : events).findLast(
      (candidate) => 'currency' in candidate && 'operation' in candidate && candidate.operation === n,
    );
    if (event !== undefined && 'currency' in event) return event.currency;
  }
  return null;
}
