/** What is due, and when: not after `latest`. `tie` decides among what is due at the same time. */
export type Task = { time: number; latest: number; tie: number; work: (() => void) | null };

/** A binary heap; the earliest task is on top. */
export function createHeap() {
  const tasks: Task[] = [];

  function push(task: Task): void {
    let at = tasks.length;
    tasks.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = tasks[parent] as Task;
      if (isBefore(above, task)) break;
      tasks[at] = above;
      at = parent;
    }
    tasks[at] = task;
  }

  function pop(): Task | undefined {
    const top = tasks[0];
    const last = tasks.pop();
    if (top === undefined || last === undefined || tasks.length === 0) return top;
    sink(last);
    return top;
  }

  function sink(task: Task): void {
    const half = tasks.length >> 1;
    let at = 0;
    while (at < half) {
      let child = 2 * at + 1;
      const right = tasks[child + 1];
      if (right !== undefined && isBefore(right, tasks[child] as Task)) child += 1;
      const smaller = tasks[child] as Task;
      if (isBefore(task, smaller)) break;
      tasks[at] = smaller;
      at = child;
    }
    tasks[at] = task;
  }

  /** Tasks that were called off are dropped here, when their time would have come. */
  function peek(): Task | undefined {
    while (tasks[0]?.work === null) pop();
    return tasks[0];
  }

  return { push, pop, peek };
}

function isBefore(left: Task, right: Task): boolean {
  return left.time < right.time || (left.time === right.time && left.tie <= right.tie);
}
