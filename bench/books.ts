import { openSnapshot } from '#entry/local/verify/snapshot.ts';
import { verify } from '#entry/local/verify/verify.ts';
import type { Platform } from './platform.ts';
import type { Money } from './workloads.ts';

/** By payment id. */
type MoneyById = ReadonlyMap<string, Money>;

type Fact = { type: string; operation: number; kind: string; amountMinor: number; capturedMinor: number };

/** What verify compares with the journal, as far as each has read it: one that has read nothing would agree with anything. */
const CONSUMERS = ['payment_index', 'schedule', 'ledger'];
const PROVIDER = /^provider /;
const PARKED = /^parked /;

export type Verified = { lines: readonly string[]; failures: readonly string[] };

type VerifyOptions = Pick<Platform, 'data' | 'simulatorUrl' | 'apiKey'> & { payments: number };

/** The platform's own verification, and whether it has compared all of so many payments: it tells what it leaves out, and goes on. */
export async function verifyBooks({ data, simulatorUrl, apiKey, payments }: VerifyOptions): Promise<Verified> {
  const lines: string[] = [];
  const difference = await verify({
    folder: data,
    simulator: { url: simulatorUrl, apiKey, webhookSecret: null },
    print: (line) => lines.push(line),
  });
  if (difference !== null) return { lines, failures: [`the books differ at ${difference.where}: ${difference.what}`] };
  const all = `provider  ${payments} charges agree with its books; 0 are in doubt`;
  const failures = [
    ...consumersBehind(data),
    ...lines.filter((line) => PARKED.test(line)),
    ...(lines.includes(all)
      ? []
      : [`verify does not say "${all}", but "${lines.find((line) => PROVIDER.test(line))}"`]),
  ];
  return { lines, failures };
}

function consumersBehind(folder: string): string[] {
  const { journal, positionOf, close } = openSnapshot(folder);
  const head = journal.prepare('SELECT max(position) AS position FROM commits').get()?.['position'];
  const behind = CONSUMERS.filter((consumer) => positionOf(consumer) !== head);
  close();
  return behind.map((consumer) => `${consumer} has not followed the journal to its end`);
}

/**
 * What the journal's facts say was captured and given back. From the facts as they stand, so that a mistake of the fold,
 * which verify and the platform share, can't hide one of the journal.
 */
export function moneyInJournal(folder: string): MoneyById {
  const { items, close } = openSnapshot(folder);
  const found = new Map<string, Money>();
  const refunds = new Set<string>();
  for (const { commit } of items()) {
    if (!commit.stream.startsWith('pay_')) continue;
    const money = found.get(commit.stream) ?? { captured: 0, refunded: 0 };
    found.set(commit.stream, money);
    const { events } = JSON.parse(commit.facts) as { events: Fact[] };
    for (const { type, operation, kind, amountMinor, capturedMinor } of events) {
      const place = `${commit.stream} ${operation}`;
      if (type === 'operation.sent' && kind === 'refund') refunds.add(place);
      if (type !== 'operation.succeeded') continue;
      money.captured += capturedMinor;
      if (refunds.has(place)) money.refunded += amountMinor;
    }
  }
  close();
  return found;
}

/** Says in which way what was `found` in the journal is not what was answered; nothing when it is. */
export function compare(answered: MoneyById, found: MoneyById): string[] {
  const missing = [...answered.keys()].filter((id) => !found.has(id));
  const others = [...found.keys()].filter((id) => !answered.has(id));
  const unequal = [...answered].filter(([id, money]) => found.has(id) && !isSame(money, found.get(id)));
  return [
    ...describe(missing, 'payments that were answered are missing from the journal'),
    ...describe(others, 'payments in the journal were never answered'),
    ...describe(
      unequal.map(([id]) => id),
      'payments have other amounts in the journal than were asked for',
    ),
  ];
}

function isSame(money: Money, other: Money | undefined): boolean {
  return money.captured === other?.captured && money.refunded === other.refunded;
}

function describe(ids: readonly string[], what: string): string[] {
  return ids.length === 0 ? [] : [`${ids.length} ${what}; the first is ${ids[0]}`];
}
