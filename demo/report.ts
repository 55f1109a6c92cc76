import type { compareBooks } from './books.ts';
import type { Settled } from './settle.ts';
import type { Told } from './shop.ts';
import type { Visited } from './visits.ts';
import type { Payment, TrialBalance } from './wire.ts';

export type Findings = {
  visited: Visited;
  settled: Settled;
  told: Told;
  books: ReturnType<typeof compareBooks>;
  trialBalance: TrialBalance;
  totalMs: number;
};

const WRONG_SHOWN = 10;

/** What went wrong, a sentence each; empty when nothing did. */
export function failuresOf({ visited, settled, told, books, trialBalance }: Findings): string[] {
  return [
    ...visited.wrong,
    ...(settled.open > 0 ? [`${settled.open} payments are still open`] : []),
    ...settled.events
      .filter(({ id }) => !told.events.has(id))
      .map(({ id, type }) => `${id} ${type} was never delivered`),
    ...gaps(told),
    ...(told.forged > 0 ? [`${told.forged} deliveries had no good signature`] : []),
    ...books.differences,
    ...trialBalance.currencies
      .filter(({ difference }) => difference !== 0)
      .map(({ currency }) => `the ledger is out of balance in ${currency}`),
  ];
}

/** Events are numbered payment by payment, from one. */
function gaps({ events }: Told): string[] {
  const numbers = new Map<string, Set<number>>();
  for (const { payment, sequence } of events.values())
    numbers.set(payment, (numbers.get(payment) ?? new Set()).add(sequence));
  return [...numbers]
    .filter(([, seen]) => Math.max(...seen) !== seen.size)
    .map(([id]) => `${id} has a gap in its events`);
}

export function print(findings: Findings): string {
  const { visited, settled, told, books, trialBalance, totalMs } = findings;
  const failures = failuresOf(findings);
  const doubted = settled.payments.filter(wasInDoubt).length;
  return [
    section('payments', [
      ...[...countBy(settled.payments, ({ status }) => status)].map(([status, n]) => [status, String(n)]),
      ['', String(settled.payments.length)],
    ]),
    section('on the way', [
      ...[...visited.counts].map(([what, n]) => [what, String(n)]),
      ['were in doubt', String(doubted)],
      ['still open', String(settled.open)],
      ['wait for an operator', String(settled.payments.filter(({ conflict }) => conflict !== null).length)],
    ]),
    section('webhooks', [
      ['events', String(settled.events.length)],
      ['delivered, each signature verified', String(settled.events.filter(({ id }) => told.events.has(id)).length)],
      ['delivered more than once', String(told.received - told.events.size)],
    ]),
    section("captured and refunded, by the provider's books and by ours", [
      ...books.byCurrency.map(({ currency, ours, theirs }) => [
        currency,
        String(theirs.captured),
        String(ours.captured),
        String(theirs.refunded),
        String(ours.refunded),
      ]),
      ['differences', String(books.differences.length)],
    ]),
    section('ledger: debits, credits, difference', [
      ...trialBalance.currencies.map(({ currency, debits, credits, difference }) =>
        [currency, debits, credits, difference].map(String),
      ),
    ]),
    section('time', [
      ['paying', seconds(visited.tookMs)],
      ['coming to rest', seconds(settled.tookMs)],
      ['in all', seconds(totalMs)],
    ]),
    verdict(failures),
    '',
  ].join('\n');
}

function verdict(failures: readonly string[]): string {
  if (failures.length === 0) return 'Nothing is lost, nothing is charged twice, and both books agree.';
  const kinds = [...countBy(failures, (what) => what)];
  const shown = kinds.slice(0, WRONG_SHOWN).map(([what, n]) => `  ${n === 1 ? '' : `${n} times: `}${what}`);
  return ['WRONG', ...shown, `${failures.length} in all`].join('\n');
}

/** Its own history says it: an answer that was missing when it was waited for. */
function wasInDoubt({ operations }: Payment): boolean {
  return operations.some(({ evidence }) => evidence === 'inquiry');
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((all, row) => {
    for (const [n, cell] of row.entries()) all[n] = Math.max(all[n] ?? 0, cell.length);
    return all;
  }, []);
  const lines = rows.map(
    (row) =>
      `  ${row.map((cell, n) => (n === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[n] ?? 0) + 2))).join('')}`,
  );
  return `${title}\n${lines.join('\n')}\n`;
}

function countBy<Item>(items: readonly Item[], of: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(of(item), (counts.get(of(item)) ?? 0) + 1);
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
