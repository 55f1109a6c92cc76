import type { CallOff } from '../engine/scheduler.ts';
import type { World } from '../world.ts';

/** One life of an instance. When it has died, nothing that it waited for ever comes, and nothing of it goes on. */
export type Process = {
  name: string;
  /** `i2/3`: the third life of instance 2. */
  life: string;
  alive: boolean;
  /** It stands still until then, and does not know. */
  frozenUntil: number;
  /** For how long it has stood still in all. */
  frozenMs: number;
};

/** Work of a process at its time: never after its death, and late when it stands still. */
export function whenAlive(
  world: World,
  process: Process,
  { ms, work, look = false }: { ms: number; work: () => void; look?: boolean },
): CallOff {
  const { scheduler } = world;
  let callOff: CallOff = () => {};
  const run = () => {
    if (!process.alive) return;
    if (scheduler.now() < process.frozenUntil) callOff = scheduler.at(process.frozenUntil, run);
    else work();
  };
  callOff = look ? scheduler.lookAfter(ms, run) : scheduler.after(ms, run);
  return () => callOff();
}
