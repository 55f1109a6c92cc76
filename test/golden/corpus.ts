import type { StoredCommit } from '#core/journal/commit.ts';
import { createMemoryJournal } from '#core/journal/memory.ts';
import type { PaymentEvent } from '#core/payments/events.ts';
import { createHistories, emptyHistory, type History, latest } from '#core/payments/history.ts';
import type { Payment } from '#core/payments/payment.ts';
import { ID, START, type Step, when } from '#core/payments/testKit.ts';

/** The commits as they were written, and the payment that they must give for ever. */
export type GoldenFile = { commits: readonly StoredCommit[]; payment: unknown };

const COMMANDS_AND_EVENTS = /\./;

/** Lives a scenario through the code that writes commits today. */
export async function write(steps: readonly Step[]): Promise<GoldenFile> {
  const { journal } = createMemoryJournal();
  let now = START;
  let drawn = 0;
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => (drawn = (drawn + 1) % 251));
  const histories = createHistories({ journal, clock: { now: () => now, monotonic: () => 0 }, random: { bytes } });
  let history: History = emptyHistory(ID);
  for (const step of steps) {
    const events = eventsOf(latest(history), step, now);
    const appended = events.length === 0 ? history : await histories.append(history, events, null);
    if (appended === 'conflict') throw new Error('nobody else writes here');
    history = appended;
    now += 1000;
  }
  return { commits: await journal.read(ID), payment: plain(latest(history)) };
}

function eventsOf(payment: Payment | null, step: Step, now: number): readonly PaymentEvent[] {
  if (COMMANDS_AND_EVENTS.test(step.type)) return [step as PaymentEvent];
  const decision = when(payment, step as Parameters<typeof when>[1], now);
  if (!decision.ok) throw new Error(`${step.type} was refused: ${decision.error.code}`);
  return decision.value;
}

/** JSON has no bigint: 5n is written "5n". */
export function plain(payment: Payment | null): unknown {
  return JSON.parse(JSON.stringify(payment, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)));
}
