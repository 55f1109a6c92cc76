import type { CommitCommand } from '#core/journal/commit.ts';
import { assert } from '#core/kit/assert.ts';
import { ok, type Result } from '#core/kit/result.ts';
import type { Clock } from '#core/kit/world.ts';
import type { Send } from '#core/provider/send.ts';
import type { Observation, PaymentCommand } from './commands.ts';
import { decide } from './decide/decide.ts';
import type { Rejection } from './decide/rejections.ts';
import type { PaymentEvent } from './events.ts';
import { type Histories, type History, latest } from './history.ts';
import type { PlannerParts } from './planner.ts';

export type PerformDeps = { histories: Histories; parts: PlannerParts; send: Send; clock: Clock };

/** A command before its time is known. */
export type TimelessCommand = PaymentCommand extends infer Command
  ? Command extends unknown
    ? Omit<Command, 'now'>
    : never
  : never;

/** Another writer got there first this many times in a row: something is wrong, and the next worker tries again later. */
const APPEND_ATTEMPTS_MAX = 16;

/** The shape of every change: decide, append, and, only if that very append took place, send; then the same with what was learned. */
export function createPerform({ histories, parts, send, clock }: PerformDeps) {
  /** Once. On conflict somebody else has changed the stream: load it and look again. */
  async function attempt(
    history: History,
    command: TimelessCommand,
    by: CommitCommand | null,
  ): Promise<Result<History, Rejection> | 'conflict'> {
    const decidedAt = clock.monotonic();
    const decision = decide(latest(history), { ...command, now: clock.now() } as PaymentCommand, parts.planner);
    if (!decision.ok) return decision;
    if (decision.value.length === 0) return ok(history);
    const appended = await histories.append(history, decision.value, by);
    return appended === 'conflict' ? 'conflict' : ok(await sendAll(appended, decision.value, decidedAt));
  }

  /** Until nobody else gets in between. */
  async function change(from: History, command: TimelessCommand): Promise<Result<History, Rejection>> {
    let history = from;
    for (let tried = 0; tried < APPEND_ATTEMPTS_MAX; tried += 1) {
      const attempted = await attempt(history, command, null);
      if (attempted !== 'conflict') return attempted;
      history = await histories.load(history.stream);
    }
    assert(false, `${from.stream} changed ${APPEND_ATTEMPTS_MAX} times while one command tried to append`);
  }

  async function sendAll(from: History, events: readonly PaymentEvent[], decidedAt: number): Promise<History> {
    let history = from;
    for (const event of events)
      if (event.type === 'operation.sent') history = await sendOne(history, event.operation, decidedAt);
    return history;
  }

  async function sendOne(history: History, n: number, decidedAt: number): Promise<History> {
    const { connected, operation } = parts.describeSent(paymentOf(history), n);
    const { learned, kept } = await send.request({ ...connected, operation }, decidedAt);
    const observation: Observation =
      learned.kind === 'answer'
        ? {
            kind: 'told',
            outcome: learned.outcome,
            proof: { source: 'reply', account: learned.account, rawHash: learned.rawHash },
          }
        : learned;
    return await observe(history, { operation: n, observation, kept });
  }

  async function inquire(history: History, n: number): Promise<History> {
    const { connected, operation } = parts.describeSent(paymentOf(history), n);
    const { learned, kept } = await send.inquire({ ...connected, operation });
    const observation: Observation =
      learned.kind === 'answer'
        ? {
            kind: 'inquired',
            outcome: learned.outcome,
            beganAt: learned.beganAt,
            // What an eventual inquiry doesn't find may be there all the same, however late it is asked.
            propagationMs:
              connected.provider.inquiry.kind === 'strong'
                ? connected.account.timing.propagationMs
                : Number.POSITIVE_INFINITY,
            proof: { source: 'inquiry', account: learned.account, rawHash: learned.rawHash },
          }
        : { kind: 'inquiry_unanswered', reason: learned.reason };
    return await observe(history, { operation: n, observation, kept });
  }

  /** What the decider refuses to believe changes nothing here; the exchange is kept all the same. */
  async function observe(
    history: History,
    { operation, observation, kept }: { operation: number; observation: Observation; kept: Promise<void> },
  ): Promise<History> {
    const [changed] = await Promise.all([change(history, { type: 'observe', operation, observation }), kept]);
    return changed.ok ? changed.value : await histories.load(history.stream);
  }

  return { attempt, change, inquire };
}

export type Perform = ReturnType<typeof createPerform>;

function paymentOf(history: History) {
  const payment = latest(history);
  assert(payment !== null, `${history.stream} is empty`);
  return payment;
}
