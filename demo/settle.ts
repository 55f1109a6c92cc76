import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { Told } from './shop.ts';
import type { MerchantEvent, Payment } from './wire.ts';

export type Settled = {
  payments: Payment[];
  /** What the platform has to tell of these payments: its own list of events. */
  events: MerchantEvent[];
  /** Payments that somebody is still asked about. */
  open: number;
  tookMs: number;
};

const SETTLE_MS = 90_000;
/** A dashboard refund, a late success, a reversal come by themselves: nothing announces them. */
const QUIET_MS = 3000;
const LOOK_EVERY_MS = 250;

/** Waits until nothing is open and all that happened was told; or until it has waited long enough to say that it wasn't. */
export async function settle(client: Client, { run, told }: { run: string; told: Told }): Promise<Settled> {
  const began = performance.now();
  let quietSince = performance.now();
  let known = '';
  for (;;) {
    const [payments, events] = await Promise.all([mine(client, run), client.list<MerchantEvent>('/v1/events')]);
    const ids = new Set(payments.map(({ id }) => id));
    const ours = events.filter(({ data }) => ids.has(data.payment ?? data.id));
    const open = payments.filter(({ status }) => status === 'processing' || status === 'in_doubt').length;
    const missing = ours.filter(({ id }) => !told.events.has(id)).length;
    const state = `${open}/${missing}/${payments.reduce((sum, { version }) => sum + version, 0)}`;
    if (state !== known) quietSince = performance.now();
    known = state;
    const isQuiet = performance.now() - quietSince > QUIET_MS;
    const tookMs = performance.now() - began;
    if ((open === 0 && missing === 0 && isQuiet) || tookMs > SETTLE_MS) return { payments, events: ours, open, tookMs };
    await sleep(LOOK_EVERY_MS);
  }
}

/** Those of this run: a platform that was running has others. */
async function mine(client: Client, run: string): Promise<Payment[]> {
  return (await client.list<Payment>('/v1/payments')).filter(({ metadata }) => metadata['demo'] === run);
}
