import type { CommitCommand } from '#core/journal/commit.ts';
import { assert } from '#core/kit/assert.ts';
import { Fault } from '#core/kit/fault.ts';
import { ok, type Result } from '#core/kit/result.ts';
import type { Clock } from '#core/kit/world.ts';
import { areSameBooks } from '#core/provider/absence.ts';
import type { ReturnParameters } from '#core/provider/port.ts';
import type { Send } from '#core/provider/send.ts';
import type { Observation, PaymentCommand } from './commands.ts';
import { decide } from './decide/decide.ts';
import type { Rejection } from './decide/rejections.ts';
import type { OperationResent, OperationSent, PaymentEvent } from './events.ts';
import { type Histories, type History, latest } from './history.ts';
import type { PlannerParts } from './planner.ts';
import { createTurns } from './turns.ts';

export type PerformDeps = { histories: Histories; parts: PlannerParts; send: Send; clock: Clock };

/** A command before its time is known. */
export type TimelessCommand = PaymentCommand extends infer Command
  ? Command extends unknown
    ? Omit<Command, 'now'>
    : never
  : never;

/** What a decision has made durable, with what is to be sent of it. `decidedAt`: monotonic; the time limits of sending count from it. */
export type Written = { history: History; events: readonly PaymentEvent[]; decidedAt: number };

/** Other processes got there first this many times in a row. What a provider told must not be lost for that, so it is many. */
export const APPEND_ATTEMPTS_MAX = 256;

/** The shape of every change: decide, append, and, only if that very append took place, send; then the same with what was learned. */
export function createPerform({ histories, parts, send, clock }: PerformDeps) {
  const inTurn = createTurns();

  /** Once. On conflict another process has changed the stream: load it and look again. */
  async function write(
    history: History,
    command: TimelessCommand,
    by: CommitCommand | null,
  ): Promise<Result<Written, Rejection> | 'conflict'> {
    const payment = latest(history);
    const merchant = command.type === 'create' ? command.merchant : (payment?.merchant ?? null);
    const planner = await parts.plannerFor(merchant);
    const decidedAt = clock.monotonic();
    const decision = decide(payment, { ...command, now: clock.now() } as PaymentCommand, planner);
    if (!decision.ok) return decision;
    if (decision.value.length === 0) return ok({ history, events: [], decidedAt });
    const appended = await histories.append(history, decision.value, by);
    return appended === 'conflict' ? 'conflict' : ok({ history: appended, events: decision.value, decidedAt });
  }

  async function attempt(
    history: History,
    command: TimelessCommand,
    by: CommitCommand | null,
  ): Promise<Result<History, Rejection> | 'conflict'> {
    const written = await inTurn(history.stream, () => write(history, command, by));
    if (written === 'conflict' || !written.ok) return written;
    return ok(await sendAll(written.value));
  }

  /** Until nobody else gets in between. */
  async function change(from: History, command: TimelessCommand): Promise<Result<History, Rejection>> {
    const written = await inTurn(from.stream, async (waited) => {
      let history = waited ? await histories.load(from.stream) : from;
      for (let tried = 0; tried < APPEND_ATTEMPTS_MAX; tried += 1) {
        const attempted = await write(history, command, null);
        if (attempted !== 'conflict') return attempted;
        history = await histories.load(from.stream);
      }
      throw contended(from.stream);
    });
    return written.ok ? ok(await sendAll(written.value)) : written;
  }

  async function sendAll({ history: from, events, decidedAt }: Written): Promise<History> {
    let history = from;
    for (const event of events)
      if (event.type === 'operation.sent' || event.type === 'operation.resent')
        history = await sendOne(history, event, decidedAt);
    return history;
  }

  async function sendOne(
    history: History,
    { type, operation: n }: Pick<OperationSent | OperationResent, 'type' | 'operation'>,
    decidedAt: number,
  ): Promise<History> {
    const { connected, operation } = await parts.describeSent(paymentOf(history), n);
    const by = type === 'operation.sent' ? send.request : send.resend;
    const { learned, kept } = await by({ ...connected, operation }, decidedAt);
    const observation: Observation =
      learned.kind === 'answer'
        ? {
            kind: 'told',
            outcome: learned.outcome,
            proof: { source: 'reply', account: learned.account, rawHash: learned.rawHash },
          }
        : learned;
    const [observed] = await Promise.all([change(history, { type: 'observe', operation: n, observation }), kept]);
    // What the decider refuses to believe changes nothing; the exchange is kept all the same, and the time-out is owed.
    return observed.ok ? observed.value : await histories.load(history.stream);
  }

  /** `scheduled`: it was due. One that was not, and teaches nothing, leaves no trace. */
  async function inquire(history: History, n: number, { scheduled }: { scheduled: boolean }): Promise<History> {
    const { connected, operation, sentAt } = await parts.describeSent(paymentOf(history), n);
    const { inquiry } = connected.provider;
    if (inquiry.kind === 'none') return await noteUnasked(history, n);
    const { learned, kept } = await send.inquire({ ...connected, operation }, inquiry, sentAt);
    const observation: Observation =
      learned.kind === 'answer'
        ? {
            kind: 'inquired',
            outcome: learned.outcome,
            scheduled,
            beganAt: learned.beganAt,
            // What an eventual inquiry doesn't find, or one with other keys, may be there all the same, however late it is asked.
            propagationMs:
              inquiry.kind === 'strong' && areSameBooks(connected.account, sentAt)
                ? connected.account.timing.propagationMs
                : Number.POSITIVE_INFINITY,
            proof: { source: 'inquiry', account: learned.account, rawHash: learned.rawHash },
          }
        : { kind: 'inquiry_unanswered', reason: learned.reason };
    const [observed] = await Promise.all([change(history, { type: 'observe', operation: n, observation }), kept]);
    if (observed.ok) return observed.value;
    // An answer about something else is no answer: it is written down, so that the next question waits its time.
    const refused: Observation = {
      kind: 'inquiry_unanswered',
      reason: `the answer was refused: ${observed.error.code}`,
    };
    const noted = await change(history, { type: 'observe', operation: n, observation: refused });
    return noted.ok ? noted.value : history;
  }

  /** It could be asked when it was sent, and this version of the adapter no longer asks. */
  async function noteUnasked(history: History, n: number): Promise<History> {
    const observation: Observation = { kind: 'inquiry_unanswered', reason: 'the provider can not be asked' };
    const noted = await change(history, { type: 'observe', operation: n, observation });
    return noted.ok ? noted.value : history;
  }

  /** The customer is back with these: what the provider makes of them is a reply like another. */
  async function complete(history: History, n: number, parameters: ReturnParameters): Promise<History> {
    const { connected, operation } = await parts.describeCompletion(paymentOf(history), n, parameters);
    const { completion } = connected.provider;
    if (completion === undefined) return await inquire(history, n, { scheduled: false });
    const exchanged = await send.complete({ ...connected, operation }, completion, parameters);
    if (exchanged === null || exchanged.learned.kind !== 'answer') {
      await exchanged?.kept;
      return history;
    }
    const { outcome, account, rawHash } = exchanged.learned;
    const observation: Observation = { kind: 'told', outcome, proof: { source: 'reply', account, rawHash } };
    const told = change(history, { type: 'observe', operation: n, observation });
    const [observed] = await Promise.all([told, exchanged.kept]);
    return observed.ok ? observed.value : history;
  }

  return { inTurn, write, sendAll, attempt, change, inquire, complete };
}

export type Perform = ReturnType<typeof createPerform>;

export function contended(stream: string): Fault {
  return new Fault('stream_contended', `${stream} is being changed by others all the time`, { retryable: true });
}

function paymentOf(history: History) {
  const payment = latest(history);
  assert(payment !== null, `${history.stream} is empty`);
  return payment;
}
