import type { Feed } from '#core/journal/ports.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock, Timers } from '#core/kit/world.ts';
import type { Roots, SignedRoot } from '#core/proof/roots.ts';
import { repeat } from './repeat.ts';

const LOOK_EVERY_MS = 10 * 60 * 1000;
const FIRST_AFTER_MS = 5000;
const DAY_MS = 24 * 60 * 60 * 1000;

export type SignRootsDeps = {
  feed: Feed;
  roots: Roots;
  signRoot: () => Promise<SignedRoot | null>;
  clock: Clock;
  timers: Timers;
  log: Log;
};

/** Once a day, and at a start that finds the last root older than that, until everything is covered. */
export function createSignRoots({ feed, roots, signRoot, clock, timers, log }: SignRootsDeps) {
  async function look(): Promise<void> {
    const last = (await roots.all()).at(-1);
    if (last !== undefined && clock.now() < last.at + DAY_MS) return;
    // What comes meanwhile is for the next day: under load there is always more.
    const head = feed.head();
    for (let position = last?.position ?? 0; position < head; ) {
      const signed = await signRoot();
      if (signed === null) return;
      position = signed.position;
      log.info('signed a root', { number: signed.number, position: signed.position, root: signed.root });
    }
  }

  return repeat(look, { name: 'signing a root', everyMs: LOOK_EVERY_MS, firstAfterMs: FIRST_AFTER_MS, timers, log });
}
