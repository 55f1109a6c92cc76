export type Timers = ReturnType<typeof createTimers>;

/** Timers that end together, so that nothing of a closed simulator rings later or keeps its process alive. */
export function createTimers() {
  const running = new Set<NodeJS.Timeout>();
  let stopped = false;

  /** Returns what calls it off. */
  function after(delayMs: number, call: () => void): () => void {
    if (stopped) return () => {};
    const timer = setTimeout(() => {
      running.delete(timer);
      call();
    }, delayMs);
    running.add(timer);
    return () => {
      clearTimeout(timer);
      running.delete(timer);
    };
  }

  function stop(): void {
    stopped = true;
    for (const timer of running) clearTimeout(timer);
    running.clear();
  }

  return { after, stop };
}
