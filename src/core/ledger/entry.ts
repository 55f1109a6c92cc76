import { assert } from '#core/kit/assert.ts';
import type { Side } from './accounts.ts';

/** Why an entry was made. */
export type EntryReason =
  | 'captured'
  | 'refunded'
  | `${'capture' | 'refund'}_${'discovered' | 'amended' | 'reversed'}`
  | 'settled'
  | 'hold_placed'
  | 'hold_released'
  | 'doubt_began'
  | 'doubt_ended';

/** `amountMinor` is positive: the side says the direction. */
export type Line = { account: string; side: Side; amountMinor: bigint };

/** Its debits equal its credits, all in one currency. */
export type Entry = { reason: EntryReason; currency: string; lines: readonly Line[] };

/** An entry in its place: the `n`th (1, 2, …) that commit `seq` of a stream made. Those three are its id. */
export type LedgerEntry = Entry & { stream: string; seq: number; n: number; at: number };

/** Derived from the payment's own part, as the ids of its operations are. */
export function entryId({ stream, seq, n }: Pick<LedgerEntry, 'stream' | 'seq' | 'n'>): string {
  return `ent_${stream.slice('pay_'.length)}_${seq}_${n}`;
}

/** Lines of nothing are left out, and what is negative changes sides. Null when no line is left. */
export function makeEntry(reason: EntryReason, currency: string, lines: readonly Line[]): Entry | null {
  const moved = lines.filter((line) => line.amountMinor !== 0n).map(onItsSide);
  return moved.length === 0 ? null : balanced({ reason, currency, lines: moved });
}

/** Most entries: an amount from one account to another. */
export function transfer(
  reason: EntryReason,
  currency: string,
  { debit, credit, amountMinor }: { debit: string; credit: string; amountMinor: bigint },
): Entry | null {
  if (amountMinor === 0n) return null;
  const [first, second, amount] = amountMinor > 0n ? [debit, credit, amountMinor] : [credit, debit, -amountMinor];
  const lines: readonly Line[] = [
    { account: first, side: 'debit', amountMinor: amount },
    { account: second, side: 'credit', amountMinor: amount },
  ];
  return { reason, currency, lines };
}

/** What a line adds to the debits less the credits. */
export function signedMinor({ side, amountMinor }: Pick<Line, 'side' | 'amountMinor'>): bigint {
  return side === 'debit' ? amountMinor : -amountMinor;
}

function onItsSide(line: Line): Line {
  if (line.amountMinor > 0n) return line;
  return { account: line.account, side: line.side === 'debit' ? 'credit' : 'debit', amountMinor: -line.amountMinor };
}

function balanced(entry: Entry): Entry {
  const total = entry.lines.reduce((sum, line) => sum + signedMinor(line), 0n);
  assert(total === 0n, `an entry (${entry.reason}) that is off balance by ${total} ${entry.currency}`);
  return entry;
}
