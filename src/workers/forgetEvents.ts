import type { Log } from '#core/kit/log.ts';
import type { Clock, Timers } from '#core/kit/world.ts';
import type { EventStore } from '#core/webhooks/ports.ts';
import { EVENTS_KEPT_MS } from '#core/webhooks/projection.ts';
import { repeat } from './repeat.ts';

const EVERY_MS = 60_000;
const AT_ONCE_MAX = 2000;

export type ForgetEventsDeps = { events: Pick<EventStore, 'forget'>; clock: Clock; timers: Timers; log: Log };

/** Deletes what merchants were told, and what became of it, when its time is over. A part at a time: requests go first. */
export function createForgetEvents({ events, clock, timers, log }: ForgetEventsDeps) {
  async function forget(): Promise<void> {
    await events.forget(clock.now() - EVENTS_KEPT_MS, AT_ONCE_MAX);
  }

  return repeat(forget, { name: 'deleting old events', everyMs: EVERY_MS, timers, log });
}
