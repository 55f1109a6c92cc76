import type { CommitCommand } from '#core/journal/commit.ts';
import { canonicalJson, type Json } from '#core/kit/canonicalJson.ts';
import { deriveFingerprint, type IdSecret } from '#core/kit/id.ts';
import { err, ok, type Result } from '#core/kit/result.ts';
import type { Clock } from '#core/kit/world.ts';
import type { Rejection } from './decide/rejections.ts';
import { type Histories, type History, latest } from './history.ts';
import type { Operation, Payment } from './payment.ts';
import { APPEND_ATTEMPTS_MAX, contended, type Perform, type TimelessCommand, type Written } from './perform.ts';

export type RunCommandDeps = { histories: Histories; perform: Perform; clock: Clock; idSecret: IdSecret };

/** What a client asked, and how it named it. `body`: the request as the client wrote it; a repeated key with another body is refused. */
export type ClientRequest = { name: string; idempotencyKey: string; body: Json };

/** A payment as it was when the command had no operation left in `sent`, and the first operation that the command asked for. */
export type Answer = { payment: Payment; operation: Operation | null; replayed: boolean };

export type CommandRejection =
  | Rejection
  | { code: 'idempotency_key_reused' }
  | { code: 'idempotency_key_in_use'; retryAfterMs: number };

/** What the stream had to say: the command was here before (in commit `seq`), or has just been written. */
type Found = { kind: 'known'; history: History; seq: number } | { kind: 'written'; seq: number; written: Written };

/** Runs a client's command once, however often it is sent; a repeated one gets the first one's answer, folded anew from the stream. */
export function createRunCommand({ histories, perform, clock, idSecret }: RunCommandDeps) {
  return async function runCommand(
    from: History,
    command: TimelessCommand,
    request: ClientRequest,
  ): Promise<Result<Answer, CommandRejection>> {
    const by = {
      name: request.name,
      key: request.idempotencyKey,
      request: deriveFingerprint(idSecret, 'request', canonicalJson(request.body)),
    };
    const found = await perform.inTurn(from.stream, (waited) =>
      write(waited ? null : from, { command, by, stream: from.stream }),
    );
    if (!found.ok) return found;
    if (found.value.kind === 'known') return await replay(found.value.history, found.value.seq, by.request);
    return answer(await perform.sendAll(found.value.written), found.value.seq, false);
  };

  async function write(
    from: History | null,
    { command, by, stream }: { command: TimelessCommand; by: CommitCommand; stream: string },
  ): Promise<Result<Found, Rejection>> {
    let history = from;
    for (let tried = 0; tried < APPEND_ATTEMPTS_MAX; tried += 1) {
      history ??= await histories.load(stream);
      const known = history.versions.findIndex(({ command: seen }) => seen?.name === by.name && seen.key === by.key);
      if (known >= 0) return ok({ kind: 'known', history, seq: known + 1 });
      const seq = history.versions.length + 1;
      const written = await perform.write(history, command, by);
      if (written !== 'conflict' && written.ok) return ok({ kind: 'written', seq, written: written.value });
      // A refusal may be for what has changed since: the command may even have been here before.
      const isFresh = tried > 0 || from === null;
      if (written !== 'conflict' && isFresh) return written;
      history = null;
    }
    throw contended(stream);
  }

  async function replay(history: History, seq: number, fingerprint: string): Promise<Result<Answer, CommandRejection>> {
    if (history.versions[seq - 1]?.command?.request !== fingerprint) return err({ code: 'idempotency_key_reused' });
    if (settledVersion(history, seq) !== null) return answer(history, seq, true);
    const waitMs = deadlineOf(history, seq) - clock.now();
    if (waitMs > 0) return err({ code: 'idempotency_key_in_use', retryAfterMs: waitMs });
    return answer(await timeOut(history, seq), seq, true);
  }

  /** Nobody wrote the outcome before the deadline: that is written down first, and then it is the answer. */
  async function timeOut(from: History, seq: number): Promise<History> {
    let history = from;
    for (const { n } of sentBy(history, seq)) {
      const changed = await perform.change(history, { type: 'pursue', step: 'time_out', operation: n });
      history = changed.ok ? changed.value : history;
    }
    return history;
  }

  /** Another process may have sent what follows from it, and have no answer yet: then the client comes again. */
  function answer(history: History, seq: number, replayed: boolean): Result<Answer, CommandRejection> {
    const payment = settledVersion(history, seq);
    if (payment === null)
      return err({ code: 'idempotency_key_in_use', retryAfterMs: Math.max(0, deadlineOf(history, seq) - clock.now()) });
    const operation = payment.operations.find((candidate) => candidate.command === seq) ?? null;
    return ok({ payment, operation, replayed });
  }
}

export type RunCommand = ReturnType<typeof createRunCommand>;

/** The first version at which the command that wrote commit `seq` has no operation left in `sent`. */
function settledVersion(history: History, seq: number): Payment | null {
  const settled = history.versions
    .slice(seq - 1)
    .find(({ payment }) =>
      payment.operations.every((operation) => operation.command !== seq || operation.outcome.status !== 'sent'),
    );
  return settled?.payment ?? null;
}

function sentBy(history: History, seq: number): readonly Operation[] {
  return (latest(history)?.operations ?? []).filter(
    (operation) => operation.command === seq && operation.outcome.status === 'sent',
  );
}

function deadlineOf(history: History, seq: number): number {
  return Math.max(0, ...sentBy(history, seq).map((operation) => operation.sending?.deadline ?? 0));
}
