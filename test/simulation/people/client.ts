import { isFault } from '#core/kit/fault.ts';
import type { Result } from '#core/kit/result.ts';
import type { Payment } from '#core/payments/payment.ts';
import type { Answer, CommandRejection } from '#core/payments/runCommand.ts';
import type { Platform } from '../instance/instances.ts';
import type { World } from '../world.ts';

const PATIENCE_MS = [2000, 4000, 8000] as const;
const ATTEMPTS_MAX = 12;
const AGAIN_MS_MAX = 1500;
const TRAVEL_MS_MAX = 30;

export type Request = {
  name: string;
  /** `P3`: whose payment. */
  about: string;
  run: (platform: Platform) => Promise<Result<Answer, CommandRejection>>;
};

/** An answer that some client was given, and what it said. */
export type Given = { request: Request; version: number; operation: number | null; payment: string; said: string };
export type Ended =
  | { kind: 'answer'; answer: Answer }
  | { kind: 'refused'; error: CommandRejection }
  | { kind: 'gave_up' };

export type Client = ReturnType<typeof createClient>;

/** What merchants' systems do around a request: give up waiting, ask again with the same key, perhaps another instance, until there is an answer. */
export function createClient(world: World) {
  const { scheduler, chance, trace } = world;
  const given: Given[] = [];
  /** What each request was answered: said again, it need not be looked at again. */
  const heard = new Map<Request, Set<string>>();

  function send(request: Request, then: (ended: Ended) => void): void {
    attempt(request, 1, then);
  }

  function attempt(request: Request, tried: number, then: (ended: Ended) => void): void {
    const { about, name, run } = request;
    const dice = chance.of('client', about);
    let isOver = false;
    const over = (work: () => void) => {
      if (isOver) return;
      isOver = true;
      work();
    };
    const again = (ms: number) =>
      over(() => {
        if (tried >= ATTEMPTS_MAX) return then({ kind: 'gave_up' });
        scheduler.after(ms, () => attempt(request, tried + 1, then));
      });
    const process = world.anyProcess(`client ${about}`);
    if (process === null) return again(dice.between(100, AGAIN_MS_MAX));
    trace.say('client', `${name} of ${about} => ${process.name}${tried === 1 ? '' : `, attempt ${tried}`}`);
    scheduler.after(dice.between(0, TRAVEL_MS_MAX), () => {
      if (!process.alive) return;
      run(process.platform).then(
        (result) => hear(request, result, { over, again, then }),
        (error: unknown) => {
          if (!isFault(error)) world.reportBug(process.name, error);
          again(dice.between(1, AGAIN_MS_MAX));
        },
      );
    });
    scheduler.after(dice.pick(PATIENCE_MS), () => again(0));
  }

  type Hearing = { over: (work: () => void) => void; again: (ms: number) => void; then: (ended: Ended) => void };

  function hear(request: Request, result: Result<Answer, CommandRejection>, { over, again, then }: Hearing): void {
    const { name, about } = request;
    if (result.ok) {
      const { payment, operation, replayed } = result.value;
      trace.say('client', `hears of ${name} of ${about}: version ${payment.version}${replayed ? ', again' : ''}`);
      give({
        request,
        version: payment.version,
        operation: operation?.n ?? null,
        payment: payment.id,
        said: print(payment),
      });
      return over(() => then({ kind: 'answer', answer: result.value }));
    }
    trace.say('client', `hears of ${name} of ${about}: refused, ${result.error.code}`);
    if (result.error.code === 'idempotency_key_in_use') return again(Math.max(1, result.error.retryAfterMs));
    over(() => then({ kind: 'refused', error: result.error }));
  }

  function give(answer: Given): void {
    const known = heard.get(answer.request) ?? new Set();
    const text = `${answer.operation} ${answer.said}`;
    if (known.has(text)) return;
    heard.set(answer.request, known.add(text));
    given.push(answer);
  }

  return { send, given: (): readonly Given[] => given };
}

/** All of a payment as text, to compare. */
export function print(payment: Payment): string {
  return printValue(payment);
}

/** Not JSON, which knows no bigint but by detours. */
function printValue(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(printValue).join(',')}]`;
  let text = '{';
  const fields = value as { readonly [name: string]: unknown };
  for (const name of Object.keys(fields)) text += `${name}:${printValue(fields[name])},`;
  return `${text}}`;
}
