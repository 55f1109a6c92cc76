import { createHash } from 'node:crypto';

const FLUSH_LINES = 512;

export type Trace = {
  /** A line of who did what. `tell`: the same for a reader, where what is hashed would tell him little. */
  say: (who: string, what: string, tell?: () => string) => void;
  /** SHA-256 of all lines: two runs with the same hash were the same run. */
  hash: () => string;
  lines: () => readonly string[];
};

/** What happened, line by line, at virtual times. Lines are kept only where somebody wants to read them; the hash is always made. */
export function createTrace({ now, keep, beginning }: { now: () => number; keep: boolean; beginning: number }): Trace {
  const sum = createHash('sha256');
  const kept: string[] = [];
  let waiting: string[] = [];

  function flush(): void {
    sum.update(waiting.join(''));
    waiting = [];
  }

  return {
    say: (who, what, tell) => {
      const line = `${now() - beginning} ${who} ${what}\n`;
      waiting.push(line);
      if (waiting.length >= FLUSH_LINES) flush();
      if (keep) kept.push(`${printTime(now() - beginning)}  ${who.padEnd(12)}  ${tell?.() ?? what}`);
    },
    hash: () => {
      flush();
      return sum.copy().digest('hex');
    },
    lines: () => kept,
  };
}

/** `d hh:mm:ss.mmm` since the beginning of the run. */
function printTime(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  return `${days} ${new Date(ms).toISOString().slice(11, 23)}`;
}
