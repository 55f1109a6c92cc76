import { Fault } from '#core/kit/fault.ts';
import type { World } from '../world.ts';
import { type Process, whenAlive } from './process.ts';

/** Half of all ways take less than a millisecond: then nothing else happens meanwhile. */
const LATENCIES_MS = [0, 0, 1, 2] as const;
const SLOW_MS_MAX = 4000;
const APPEND_LATE_MS_MAX = 3000;

export type Call<Value> = {
  port: string;
  /** What it is about: a payment's name, or null for what is about the instance. */
  about: string | null;
  kind: 'read' | 'write' | 'append';
  /** Takes place at one moment. */
  effect: () => Promise<Value>;
};

/**
 * One call of a port: the request travels, it has its effect, the answer travels back. This is where a process dies: before the effect,
 * or after it and before the answer; and where storage fails, or says that it failed.
 *
 *   process ──── request ────> effect ──── answer ────> process
 *           dies: no effect            dies: nobody hears of it
 */
export function call<Value>(
  world: World,
  process: Process,
  { port, about, kind, effect }: Call<Value>,
): Promise<Value> {
  const { scheduler, faults, chance } = world;
  const scope = about ?? process.name;
  const dice = chance.of('call', scope);
  const latency = () =>
    dice.pick(LATENCIES_MS) + (faults.happens('storage_slow', scope) ? dice.between(0, SLOW_MS_MAX) : 0);
  return new Promise((resolve, reject) => {
    if (!process.alive) return;
    if (faults.happens('freeze', scope)) world.freeze(process, dice.between(100, 20_000));
    const fate = fateOf(world, kind, scope);
    const dies = faults.happens('crash', scope) ? dice.pick(['before', 'after'] as const) : 'never';
    const answer = (settle: () => void) => {
      const ms = latency();
      if (ms === 0 && process.alive && scheduler.now() >= process.frozenUntil) settle();
      else whenAlive(world, process, { ms, work: settle });
    };
    const fail = () => answer(() => reject(new Fault('storage_failed', `${port} failed`, { retryable: true })));
    const take = () => {
      const result = world.actingAs(process, effect);
      // A fault of its own (a primary key that is taken) is an answer like any other.
      result.catch(() => {});
      return result;
    };
    const arrive = () => {
      if (dies === 'before') return world.kill(process, `before ${port}`);
      if (fate === 'failed') return fail();
      if (fate === 'late') {
        scheduler.after(dice.between(1, APPEND_LATE_MS_MAX), () => void take());
        return fail();
      }
      const result = take();
      if (dies === 'after') return world.kill(process, `after ${port}`);
      if (fate === 'unclear') return fail();
      answer(() => void result.then(resolve, reject));
    };
    // On its way it no longer needs the process: what was sent to the storage arrives, even if the sender has died.
    const ms = latency();
    if (ms === 0) arrive();
    else scheduler.after(ms, arrive);
  });
}

type Fate = 'done' | 'failed' | 'unclear' | 'late';

function fateOf({ faults }: World, kind: Call<unknown>['kind'], scope: string): Fate {
  if (kind !== 'append') return faults.happens('storage_failed', scope) ? 'failed' : 'done';
  if (faults.happens('append_failed', scope)) return 'failed';
  if (faults.happens('append_unclear', scope)) return 'unclear';
  return faults.happens('append_late', scope) ? 'late' : 'done';
}
