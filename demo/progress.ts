const WIDTH = 40;
const REDRAW_MS = 100;
const LOG_SHARE = 0.25;

/** A bar on a terminal; a line every quarter elsewhere. */
export function startProgress(what: string, total: number) {
  const { isTTY } = process.stdout;
  let done = 0;
  let drawnAt = 0;
  let logged = 0;

  function draw(): void {
    const full = Math.round((done / total) * WIDTH);
    process.stdout.write(`\r${what} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done} of ${total}`);
  }

  return {
    step: () => {
      done += 1;
      const now = performance.now();
      if (isTTY && (now - drawnAt > REDRAW_MS || done === total)) {
        drawnAt = now;
        draw();
      }
      if (!isTTY && done >= total * (logged + LOG_SHARE)) {
        logged += LOG_SHARE;
        process.stdout.write(`${what} ${done} of ${total}\n`);
      }
    },
    end: () => void (isTTY && process.stdout.write('\n')),
  };
}
