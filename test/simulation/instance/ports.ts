import type { Inbox } from '#core/ingress/ports.ts';
import type { Feed, FeedItem } from '#core/journal/ports.ts';
import type { PaymentProjection } from '#core/payments/projection.ts';
import type { Ports } from '#entry/platform.ts';
import { secretOfIds } from '../provider/accounts.ts';
import { openSealer, rootSigner } from '../storage/small.ts';
import type { World } from '../world.ts';
import { type Call, call } from './call.ts';
import { createClock, createRandom, createTimers } from './clock.ts';
import { createProcessLog } from './log.ts';
import type { Process } from './process.ts';
import { createSimulatedTransport } from './transport.ts';

const FEED_BACK_MAX = 40;
const FEED_DELAY_MS_MAX = 3000;

/** The ports of one process: the storage that all share, seen through calls that may fail. */
export function createPorts(world: World, process: Process): Ports {
  const { storage, names } = world;
  const clock = createClock(world, process);
  const log = createProcessLog(world, process);
  const on = <Value>(port: string, kind: Call<Value>['kind'], about: string | null, effect: () => Promise<Value>) =>
    call(world, process, { port, kind, about, effect });
  const { journal, exchanges, references, index, schedule, roots, ledger } = storage;
  const ledgerPort: Ports['ledger'] = {
    ...ledger,
    append: (batch) => on('ledger.append', 'write', null, async () => await ledger.append(batch)),
    accounts: (query) => on('ledger.accounts', 'read', null, () => ledger.accounts(query)),
    linesOf: (query) => on('ledger.linesOf', 'read', null, () => ledger.linesOf(query)),
    totals: (query) => on('ledger.totals', 'read', null, () => ledger.totals(query)),
  };
  const projected = ({ name, position, save }: PaymentProjection): PaymentProjection => ({
    name,
    position,
    save: (payments, at, commits) => on(`${name}.save`, 'write', null, async () => await save(payments, at, commits)),
  });
  return {
    journal: {
      append: (commit) => on('journal.append', 'append', names.payment(commit.stream), () => journal.append(commit)),
      read: (stream) => on('journal.read', 'read', names.payment(stream), () => journal.read(stream)),
    },
    feed: createFeed(world, process),
    exchanges: {
      keep: (exchange) =>
        on('exchanges.keep', 'write', names.payment(exchange.operation), () => exchanges.keep(exchange)),
      of: (operation, began) =>
        on('exchanges.of', 'read', names.payment(operation), () => exchanges.of(operation, began)),
    },
    inbox: createInboxPort(world, process),
    references: {
      find: (account, reference) => on('references.find', 'read', null, () => references.find(account, reference)),
    },
    index: {
      search: (query) => on('index.search', 'read', null, () => index.search(query)),
      open: (after, limit) => on('index.open', 'read', null, () => index.open(after, limit)),
    },
    schedule: {
      due: (now, limit) => on('schedule.due', 'read', null, () => schedule.due(now, limit)),
      postpone: (id, dueAt) => on('schedule.postpone', 'write', names.payment(id), () => schedule.postpone(id, dueAt)),
      correct: (id, version, dueAt) =>
        on('schedule.correct', 'write', names.payment(id), () => schedule.correct(id, version, dueAt)),
      restore: (id, version, dueAt) =>
        on('schedule.restore', 'write', names.payment(id), () => schedule.restore(id, version, dueAt)),
    },
    ledger: ledgerPort,
    projections: [projected(index.projection), projected(schedule.projection), projected(references.projection)],
    parking: storage.parking,
    roots: {
      all: () => on('roots.all', 'read', null, () => roots.all()),
      append: (root) => on('roots.append', 'write', null, () => roots.append(root)),
    },
    signer: rootSigner,
    documents: storage.documents,
    sealer: openSealer,
    // No merchant has an endpoint here: nothing is ever sent.
    webhooks: {
      ...storage.webhooks,
      deliver: async () => ({ kind: 'failed', reason: 'connection', durationMs: 0 }),
      checkUrl: async () => null,
    },
    accounts: world.accounts,
    transport: createSimulatedTransport(world, process, clock),
    clock,
    timers: createTimers(world, process),
    random: createRandom(world, process),
    log,
    idSecret: secretOfIds,
    environment: 'simulation',
    publicUrl: 'https://florin.example',
  };
}

/** At least once and in order: it may give again what it gave, and give the newest only later. */
function createFeed(world: World, process: Process): Feed {
  const { storage, faults, chance } = world;
  const dice = chance.of('feed', process.name);

  async function read(position: number, limit: number): Promise<readonly FeedItem[]> {
    const back = faults.happens('feed_repeat', process.name) ? dice.between(1, FEED_BACK_MAX) : 0;
    const from = Math.max(0, position - back);
    const items = await storage.feed.read(from, limit + position - from);
    if (items.length === 0 || !faults.happens('feed_delay', process.name)) return items;
    world.tellLater(process, dice.between(1, FEED_DELAY_MS_MAX));
    return items.slice(0, dice.between(0, items.length - 1)).filter((item) => item.position > position - back);
  }

  return {
    read: (position, limit) =>
      call(world, process, { port: 'feed.read', kind: 'read', about: null, effect: () => read(position, limit) }),
    head: storage.feed.head,
    subscribe: (listener) => world.listen('feed', process, listener),
  };
}

function createInboxPort(world: World, process: Process): Inbox {
  const { inbox } = world.storage;
  const on = <Value>(port: string, kind: Call<Value>['kind'], effect: () => Promise<Value>) =>
    call(world, process, { port: `inbox.${port}`, kind, about: null, effect });
  return {
    receive: (delivery) => on('receive', 'write', () => inbox.receive(delivery)),
    due: (now, limit) => on('due', 'read', () => inbox.due(now, limit)),
    finish: (id, result) => on('finish', 'write', () => inbox.finish(id, result)),
    retryAt: (id, retry) => on('retryAt', 'write', () => inbox.retryAt(id, retry)),
    quarantine: (id, why) => on('quarantine', 'write', () => inbox.quarantine(id, why)),
    quarantined: (cursor, limit) => on('quarantined', 'read', () => inbox.quarantined(cursor, limit)),
    release: (id, now) => on('release', 'write', () => inbox.release(id, now)),
    forget: (before, limit) => on('forget', 'write', () => inbox.forget(before, limit)),
    counts: () => on('counts', 'read', () => inbox.counts()),
    subscribe: (listener) => world.listen('inbox', process, listener),
  };
}
