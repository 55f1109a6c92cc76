import type { Clock, Random, Timers } from '#core/kit/world.ts';
import type { World } from '../world.ts';
import { type Process, whenAlive } from './process.ts';

/** How far a wall clock may be from the true time, which is what NTP holds machines to. */
export const SKEW_MS_MAX = 1000;
/** How often a clock that jumps may jump. */
const LOOKS_EACH_MS = 500;

/** A wall clock that may be wrong and be set, and one that only goes on. Both count while the process stands still. */
export function createClock({ scheduler, faults, chance }: World, process: Process): Clock {
  const dice = chance.of('clock', process.life);
  const born = scheduler.now();
  const draw = () => dice.between(-SKEW_MS_MAX, SKEW_MS_MAX);
  let skew = faults.happens('clock_skew', process.name) ? draw() : 0;
  let looksAt = born + LOOKS_EACH_MS;
  return {
    now: () => {
      if (scheduler.now() >= looksAt) {
        looksAt = scheduler.now() + LOOKS_EACH_MS;
        if (faults.happens('clock_jump', process.name)) skew = draw();
      }
      return scheduler.now() + skew;
    },
    monotonic: () => scheduler.now() - born,
  };
}

/** A worker that waits as long as this only looks whether there is something to do. */
const LOOK_MS_MIN = 100;

export function createTimers(world: World, process: Process): Timers {
  return {
    after: (ms, work) => whenAlive(world, process, { ms, work, look: ms >= LOOK_MS_MIN }),
    soon: (work) => void whenAlive(world, process, { ms: 0, work }),
  };
}

export function createRandom({ chance }: World, process: Process): Random {
  const dice = chance.of('random', process.life);
  return { bytes: (count) => Uint8Array.from({ length: count }, () => dice.between(0, 255)) };
}
