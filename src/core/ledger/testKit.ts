import type { PaymentEvent } from '#core/payments/events.ts';
import type { History } from '#core/payments/history.ts';
import { evidence, fold, ID, START, type Step, when } from '#core/payments/testKit.ts';
import { entriesOfCommit } from './entriesOfCommit.ts';
import { type LedgerEntry, signedMinor } from './entry.ts';

/** For tests: the stream of a payment, a commit a step; what a command adds, or an event as it is. A refused command adds nothing. */
export function historyOf(steps: readonly (Step | PaymentEvent)[]): History {
  let history: History = { stream: ID, versions: [] };
  for (const [index, step] of steps.entries()) {
    const before = history.versions.at(-1)?.payment ?? null;
    const at = START + index * 10_000;
    const decision = isEvent(step) ? ({ ok: true, value: [step] } as const) : when(before, step as never, at);
    const events = decision.ok ? decision.value : [];
    const payment = fold(before, events, at);
    if (payment === null || events.length === 0) continue;
    const version = { payment, events, command: null, hash: '', at, postings: 1 };
    history = { stream: ID, versions: [...history.versions, version] };
  }
  return history;
}

export function entriesUpTo(history: History, seq: number): readonly LedgerEntry[] {
  return history.versions.slice(0, seq).flatMap((_, index) => entriesOfCommit(history, index + 1));
}

/** Debits less credits of each account that any entry touched, by the account's id without its merchant. */
export function balancesOf(entries: readonly LedgerEntry[]): Readonly<Record<string, bigint>> {
  const balances: Record<string, bigint> = {};
  for (const line of entries.flatMap((entry) => entry.lines)) {
    const name = line.account.replace(':mer_1', '').replace(':acct_1', '');
    balances[name] = (balances[name] ?? 0n) + signedMinor(line);
  }
  return balances;
}

type Succeeded = Extract<PaymentEvent, { type: 'operation.succeeded' }>;

export function succeeded(operation: number, amountMinor: bigint, changes: Partial<Succeeded> = {}): Succeeded {
  const { capturedMinor = 0n, currency = 'EUR' } = changes;
  return { type: 'operation.succeeded', operation, amountMinor, capturedMinor, currency, evidence: evidence() };
}

function isEvent(step: Step | PaymentEvent): step is PaymentEvent {
  return step.type.includes('.');
}
