import { createDice } from './dice.ts';
import { isRefusal, type Refusal } from './model.ts';
import { invalid, parseObject } from './validate.ts';

/** How the provider behaves at the moment. Names are those of the wire. */
export type Behavior = {
  latency_ms: number;
  latency_jitter_ms: number;
  /** 0 to 1: answers 500 before doing anything. */
  failure_rate: number;
  /** 0 to 1: does it, then answers 502 with a page of HTML. */
  http_502_rate: number;
  /** 0 to 1: does it, then closes the connection. */
  drop_rate: number;
  /** Takes no request of its API: connections are closed before anything is read. */
  outage: boolean;
  idempotency_window_ms: number;
  inquiry_lag_ms: number;
  webhook_delay_ms: number;
  webhooks: boolean;
  seed: number;
};

const DELAY_MAX_MS = 60_000;
const DAY_MS = 86_400_000;
const WINDOW_MAX_MS = 365 * DAY_MS;
const SEED_MAX = 0xffff_ffff;

const DEFAULTS: Readonly<Behavior> = {
  latency_ms: 0,
  latency_jitter_ms: 0,
  failure_rate: 0,
  http_502_rate: 0,
  drop_rate: 0,
  outage: false,
  idempotency_window_ms: DAY_MS,
  inquiry_lag_ms: 0,
  webhook_delay_ms: 300,
  webhooks: true,
  seed: 1,
};

const FIELDS = new Set(Object.keys(DEFAULTS));

const INTEGER_MAX: ReadonlyMap<string, number> = new Map([
  ['latency_ms', DELAY_MAX_MS],
  ['latency_jitter_ms', DELAY_MAX_MS],
  ['idempotency_window_ms', WINDOW_MAX_MS],
  ['inquiry_lag_ms', DAY_MS],
  ['webhook_delay_ms', DAY_MS],
  ['seed', SEED_MAX],
]);

const RATES = new Set(['failure_rate', 'http_502_rate', 'drop_rate']);

export type BehaviorControl = ReturnType<typeof createBehavior>;

/** The settings and the one seeded generator behind all chances, so that a run with faults can be repeated. */
export function createBehavior() {
  const current: Behavior = { ...DEFAULTS };
  let roll = createDice(current.seed);

  /** All of it or nothing of it is taken. Setting the seed, even to the same number, starts the chances afresh. */
  function change(text: string): Refusal | null {
    const body = parseObject(text, FIELDS);
    if (isRefusal(body)) return body;
    for (const [field, value] of Object.entries(body)) {
      const problem = check(field, value);
      if (problem !== null) return problem;
    }
    Object.assign(current, body);
    if ('seed' in body) roll = createDice(current.seed);
    return null;
  }

  /** No dice are thrown for what can't or must happen, so that a seed says the same whatever else is set to 0. */
  function happens(rate: number): boolean {
    return rate > 0 && roll() < rate;
  }

  function latencyMs(): number {
    if (current.latency_jitter_ms === 0) return current.latency_ms;
    return current.latency_ms + Math.floor(roll() * current.latency_jitter_ms);
  }

  return { current: current as Readonly<Behavior>, change, happens, latencyMs };
}

function check(field: string, value: unknown): Refusal | null {
  const max = INTEGER_MAX.get(field);
  if (max !== undefined) {
    const fits = Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
    return fits ? null : invalid(field, `must be an integer from 0 to ${max}`);
  }
  if (RATES.has(field)) {
    const fits = typeof value === 'number' && value >= 0 && value <= 1;
    return fits ? null : invalid(field, 'must be a number from 0 to 1');
  }
  return typeof value === 'boolean' ? null : invalid(field, 'must be true or false');
}
