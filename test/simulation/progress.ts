import type { Done } from './pool.ts';

const TERMINAL_EVERY_MS = 250;
const LOG_EVERY_MS = 60_000;
/** Erases what a longer line has left. */
const REST_OF_LINE = '\u001b[K';

/** In place on a terminal, a line a minute elsewhere. */
export function startProgress(first: number) {
  const { isTTY } = process.stdout;
  const began = performance.now();
  let seeds = 0;
  let payments = 0;

  function line(): string {
    const seconds = (performance.now() - began) / 1000;
    const rate = Math.round(payments / seconds).toLocaleString('en');
    return `${seeds.toLocaleString('en')} seeds from ${first}, ${payments.toLocaleString('en')} payments in ${Math.round(seconds)} s, ${rate} payments/s`;
  }

  const print = () => process.stdout.write(isTTY ? `\r${line()}${REST_OF_LINE}` : `${line()}\n`);
  const timer = setInterval(print, isTTY ? TERMINAL_EVERY_MS : LOG_EVERY_MS);
  return {
    count: (done: Done) => {
      seeds += 1;
      payments += done.payments;
    },
    /** Returns the last line. */
    stop: (): string => {
      clearInterval(timer);
      return isTTY ? `\r${line()}${REST_OF_LINE}` : line();
    },
  };
}
