import type { Chance } from './chance.ts';
import { createHeap, type Task } from './heap.ts';

/** Milliseconds since the epoch at which every run begins. */
export const BEGINNING = Date.UTC(2030, 0, 7);

/** Far more than a run takes whose work ends. */
const STEPS_MAX = 150_000;

/** By how much a look that would find nothing is put off. */
const LATE_MS_MAX = 1500;

/** What workers have before them. */
export type Waiting = {
  /** When one that looks will find something. */
  dueAt: () => number;
  /** What follows the journal has not come to its end. */
  isBehind: () => boolean;
};

export type Scheduler = ReturnType<typeof createScheduler>;
export type CallOff = () => void;

/**
 * Virtual time. One thing happens at a time: the earliest task runs, then everything that follows from it without waiting, then the next. What is due
 * at the same time happens in an order that the seed decides.
 *
 * Workers look for work some times a second. While nothing waits for them these looks are put off; and when nothing else is to happen, time leaps
 * to the next moment at which something can. For the platform this is a timer that is late, which it must bear.
 */
export function createScheduler(chance: Chance) {
  const tasks = createHeap();
  const looks = createHeap();
  const ties = chance.of('ties');
  let now = BEGINNING;
  let steps = 0;
  let stopped = false;

  /** Never before `time`. */
  function at(time: number, work: () => void): CallOff {
    return add(tasks, { time, work, latest: time });
  }

  function after(ms: number, work: () => void): CallOff {
    return add(tasks, { time: now + ms, work, latest: now + ms });
  }

  /** A timer of a worker: it may be late when nothing waits for it. */
  function lookAfter(ms: number, work: () => void): CallOff {
    return add(looks, { time: now + ms, work, latest: now + ms + LATE_MS_MAX });
  }

  function add(heap: ReturnType<typeof createHeap>, due: Omit<Task, 'tie'>): CallOff {
    const task: Task = { ...due, time: Math.max(due.time, now), tie: ties.next() };
    heap.push(task);
    return () => {
      task.work = null;
    };
  }

  /** Runs until that time, or until it is stopped. */
  async function runUntil(end: number, waiting: Waiting): Promise<void> {
    while (!stopped && steps < STEPS_MAX) {
      const task = next(end, waiting);
      if (task === null) break;
      steps += 1;
      task.work?.();
      await settled();
    }
    if (!stopped) now = Math.max(now, end);
  }

  function next(end: number, waiting: Waiting): Task | null {
    for (;;) {
      const task = tasks.peek();
      const look = looks.peek();
      if (look === undefined || (task !== undefined && task.time <= look.time)) {
        if (task === undefined || task.time > end) return null;
        tasks.pop();
        now = Math.max(now, task.time);
        return task;
      }
      if (look.time > end) return null;
      looks.pop();
      const work = waiting.dueAt();
      const later = Math.min(work, look.latest);
      if (look.time < later) {
        look.time = later;
        looks.push(look);
        continue;
      }
      const leap = waiting.isBehind() ? 0 : Math.min(task?.time ?? end, end, work);
      now = Math.max(now, look.time, leap);
      return look;
    }
  }

  return {
    now: () => now,
    at,
    after,
    lookAfter,
    runUntil,
    steps: () => steps,
    stop: () => {
      stopped = true;
    },
    /** Something goes round in circles. */
    isEndless: () => steps >= STEPS_MAX,
  };
}

/**
 * Resolves when nothing is left that can go on without the scheduler. Node runs what was put off by `nextTick` only when no promise has anything
 * left to do, so this needs no counting of turns and is the same on every machine.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
