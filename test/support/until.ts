import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/** Looks until `look` returns something; what it throws meanwhile is told when the time is over. */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | null | undefined | false> | Value | null | undefined | false,
  timeoutMs: number,
): Promise<Value> {
  const latest = performance.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > latest) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
    await sleep(LOOK_EVERY_MS);
  }
}
