import { BEGINNING, type Waiting } from './engine/scheduler.ts';
import type { Violation } from './engine/violation.ts';
import { ALL_FAULTS, type FaultKind } from './faultKinds.ts';
import { checkAnswers } from './invariants/answers.ts';
import { checkAtRest } from './invariants/atRest.ts';
import { checkDoubts } from './invariants/terms.ts';
import { createClient } from './people/client.ts';
import { scheduleLaterRelease } from './people/laterRelease.ts';
import { scheduleOrders } from './people/merchants.ts';
import { scheduleOperator } from './people/operators.ts';
import { createOrder } from './people/orders.ts';
import { NOTHING_PLANTED, type Plant } from './planted/plant.ts';
import { createWorld, type World } from './world.ts';

const STACK_LINES = 10;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** After this nothing new goes wrong. What has gone wrong goes on: webhooks are late, requests are on their way. */
const FAULTS_MS = 12 * MINUTE_MS;
/** By then every doubt that a provider can end has ended. */
const DOUBTS_MS = 9 * 60 * MINUTE_MS;
/** Long enough for holds to lapse (7 days), for the latest webhook, for operators. */
const REST_MS = 9 * DAY_MS;
export const PAYMENTS_USUAL = 40;

/** All that decides a run. */
export type RunOptions = {
  seed: number;
  payments: number;
  /** Only these orders, by number; null: all. */
  only: readonly number[] | null;
  /** Of each order, the creation and so many steps. */
  steps: number;
  faults: readonly FaultKind[];
  /** Single faults that are left out. */
  without: readonly string[];
  keepTrace: boolean;
  plant: Plant;
};

export type RunResult = {
  violation: Violation | null;
  hash: string;
  trace: readonly string[];
  /** Faults that happened, by name. */
  happened: readonly string[];
  payments: number;
  commits: number;
  steps: number;
};

export function runOptions(seed: number, changes: Partial<RunOptions> = {}): RunOptions {
  const usual = {
    payments: PAYMENTS_USUAL,
    only: null,
    steps: Number.POSITIVE_INFINITY,
    faults: ALL_FAULTS,
    without: [],
  };
  return { seed, ...usual, keepTrace: false, plant: NOTHING_PLANTED, ...changes };
}

/** One run, from its seed alone: the same options give the same trace. */
export async function run(options: RunOptions): Promise<RunResult> {
  // Errors are made by the thousand here, and nobody reads where.
  Error.stackTraceLimit = options.keepTrace ? STACK_LINES : 0;
  const { seed, faults, without, keepTrace, plant } = options;
  const faultOptions = { kinds: new Set(faults), without: new Set(without) };
  const world = createWorld({ seed, faults: faultOptions, keepTrace, plant });
  const client = createClient(world);
  const waiting = waitingIn(world);
  world.startAll();
  scheduleOrders(world, client, ordersOf(world, options));
  scheduleOperator(world);
  scheduleLaterRelease(world);
  await world.scheduler.runUntil(BEGINNING + FAULTS_MS, waiting);
  if (world.violation() === null) {
    world.faults.end();
    world.trace.say('simulation', 'from here on nothing new goes wrong; one instance is left');
    world.scaleIn();
  }
  await world.scheduler.runUntil(BEGINNING + DOUBTS_MS, waiting);
  if (world.violation() === null) report(world, checkDoubts(world));
  await world.scheduler.runUntil(BEGINNING + REST_MS, waiting);
  if (world.scheduler.isEndless())
    world.violate({
      invariant: 'comes_to_rest',
      about: 'the run',
      what: `after ${world.scheduler.steps()} steps there is still work`,
    });
  if (world.violation() === null) await judge(world, client);
  return {
    violation: world.violation(),
    hash: world.trace.hash(),
    trace: world.trace.lines(),
    happened: world.faults.happened(),
    payments: world.watch.histories().size,
    commits: world.watch.commits(),
    steps: world.scheduler.steps(),
  };
}

async function judge(world: World, client: ReturnType<typeof createClient>): Promise<void> {
  const violation = (await checkAtRest(world)) ?? (await checkAnswers(world, client.given()));
  report(world, violation);
}

function report(world: World, violation: Violation | null): void {
  if (violation !== null) world.violate(violation);
}

function ordersOf(world: World, { payments, only, steps }: RunOptions) {
  const numbers = only ?? Array.from({ length: payments }, (_, index) => index + 1);
  return numbers
    .map((number) => createOrder(number, world.chance.of('order', String(number))))
    .map((order) => ({ ...order, steps: order.steps.slice(0, steps) }));
}

function waitingIn({ storage, hasLostRows }: World): Waiting {
  const { index, schedule, references, ledger, feed, inbox } = storage;
  const followers = [index.projection, schedule.projection, references.projection, ledger];
  return {
    dueAt: () => Math.min(schedule.earliest(), inbox.nextDueAt()),
    isBehind: () => hasLostRows() || followers.some(({ position }) => position() < feed.head()),
  };
}
