import type { Timers } from './world.ts';

type Task = { at: number; work: () => void };

/** For tests: timers that only the test moves. Work that is due within a step runs in its order, also what that work asks for. */
export function createTestTimers(): Timers & { advance: (ms: number) => void } {
  const tasks = new Set<Task>();
  let now = 0;

  function after(ms: number, work: () => void): () => void {
    const task = { at: now + ms, work };
    tasks.add(task);
    return () => tasks.delete(task);
  }

  function advance(ms: number): void {
    const end = now + ms;
    for (let task = earliest(end); task !== undefined; task = earliest(end)) {
      tasks.delete(task);
      now = task.at;
      task.work();
    }
    now = end;
  }

  function earliest(end: number): Task | undefined {
    return [...tasks].filter((task) => task.at <= end).sort((left, right) => left.at - right.at)[0];
  }

  return { after, soon: (work) => void after(0, work), advance };
}
