/** Seeds that once found a bug of ours, with what it was. `bug`: the same, planted: with it the seed must still find it. Whatever changes the dice of a run changes which seed that is. */
export const REGRESSIONS: Readonly<Record<string, { seed: number; was: string; bug: string }>> = {
  'a-row-of-the-schedule-that-stands-for-ever': {
    seed: 28,
    was: 'a slow process wrote an old version of a payment into the schedule after a newer one had been taken out: it was pursued every five seconds, for ever',
    bug: 'stale_row_stays',
  },
  'a-root-over-what-was-signed-before': {
    seed: 14,
    was: 'a feed that gave commits again had them signed again, and the audit of the next root failed',
    bug: 'roots_over_what_came_again',
  },
};
