import type { ProviderRequest, ReturnParameters } from '#core/provider/port.ts';
import { type Chance, createChance } from './engine/chance.ts';
import { createFaults, type FaultOptions, type Faults } from './engine/faults.ts';
import { createNames, type Names } from './engine/names.ts';
import { BEGINNING, createScheduler, type Scheduler } from './engine/scheduler.ts';
import { createTrace, type Trace } from './engine/trace.ts';
import type { Violation } from './engine/violation.ts';
import { createInstances, type LiveProcess } from './instance/instances.ts';
import type { Process } from './instance/process.ts';
import { createWatch, type Watch } from './invariants/watch.ts';
import type { Plant } from './planted/plant.ts';
import { createAccounts, echoesReferences, type SimulatedAccounts } from './provider/accounts.ts';
import { createProviders, type Providers } from './provider/provider.ts';
import { loseRows } from './storage/lostRows.ts';
import { createStorage, type Storage } from './storage/storage.ts';

/** One simulated world: everything that the platform sees, and everything that is known from outside of it. */
export type World = {
  chance: Chance;
  scheduler: Scheduler;
  trace: Trace;
  faults: Faults;
  names: Names;
  storage: Storage;
  accounts: SimulatedAccounts;
  plant: Plant;
  watch: Watch;
  provider: Providers;
  /** The first thing that must never be; the run ends with it. */
  violate: (violation: Violation) => void;
  violation: () => Violation | null;
  reportBug: (who: string, error: unknown) => void;
  /** A process that takes requests now; null when none does. `scope`: whose choice it is. */
  anyProcess: (scope: string) => LiveProcess | null;
  startAll: () => void;
  /** One instance is left, and does what the others have left undone. */
  scaleIn: () => void;
  freeze: (process: Process, ms: number) => void;
  kill: (process: Process, why: string) => void;
  /** Storage tells the process at once that something has come, the others a moment later. */
  actingAs: <Value>(process: Process, effect: () => Value) => Value;
  listen: (to: 'feed' | 'inbox', process: Process, listener: () => void) => () => void;
  tellLater: (process: Process, ms: number) => void;
  /** A row of the schedule is missing, and nothing but a sweep puts it back. */
  hasLostRows: () => boolean;
  /** Which operation a request is about, by its short name. */
  aboutOf: (request: ProviderRequest) => string;
  customerReturns: (payment: string, parameters: ReturnParameters) => void;
};

export type WorldOptions = { seed: number; faults: FaultOptions; keepTrace: boolean; plant: Plant };

export function createWorld({ seed, faults: faultOptions, keepTrace, plant }: WorldOptions): World {
  const chance = createChance(seed);
  const scheduler = createScheduler(chance);
  const trace = createTrace({ now: scheduler.now, keep: keepTrace, beginning: BEGINNING });
  const faults = createFaults(chance, trace, faultOptions);
  const storage = createStorage(echoesReferences);
  plant.storage?.(storage, { chance });
  const accounts = createAccounts(plant.account ?? ((connected) => connected));
  let violation: Violation | null = null;

  const violate = (found: Violation) => {
    if (violation !== null) return;
    violation = found;
    trace.say('VIOLATION', `${found.invariant} (${found.about}): ${found.what}`);
    scheduler.stop();
  };
  const reportBug = (who: string, error: unknown) => {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    violate({ invariant: 'no_bugs', about: who, what });
  };
  const world = {
    chance,
    scheduler,
    trace,
    faults,
    names: createNames(),
    storage,
    accounts,
    plant,
    violate,
    reportBug,
  } as World;
  world.violation = () => violation;
  world.watch = createWatch(world);
  world.hasLostRows = loseRows(world);
  world.provider = createProviders(world);
  world.aboutOf = (request) => aboutOf(world, request);
  world.customerReturns = (payment, parameters) => customerReturns(world, payment, parameters);
  Object.assign(world, createInstances(world));
  return world;
}

function aboutOf({ watch, names, provider }: World, request: ProviderRequest): string {
  const { url, headers } = request;
  const sent = watch.sentWith(headers['idempotency-key'] ?? '');
  if (sent !== undefined) return names.operation(sent.id);
  const [, account = ''] = /^https:\/\/(\w+)\.example/.exec(url) ?? [];
  const path = provider.read(request)?.path ?? url.slice(url.indexOf('/v1/')).replace('?payment_intent=', '/');
  const charge = /^\/v1\/\w+\/([^/?&]*)/.exec(path)?.[1] ?? '';
  return names.operation(provider.books.find(account, charge)?.charge.reference ?? decodeURIComponent(url));
}

/** The browser comes back to the merchant by our address; the provider's webhook may be faster. */
function customerReturns(world: World, payment: string, parameters: ReturnParameters): void {
  const about = world.names.payment(payment) ?? payment;
  world.scheduler.after(world.chance.of('customer', about).between(0, 2000), () => {
    const process = world.anyProcess(`customer ${about}`);
    if (process === null) return;
    world.trace.say('customer', `is back from the challenge of ${about} => ${process.name}`);
    process.platform.completeAction(payment, parameters).catch(() => {});
  });
}
