import { createPlatform } from '#entry/platform.ts';
import type { World } from '../world.ts';
import { createPorts } from './ports.ts';
import type { Process } from './process.ts';

export type Platform = ReturnType<typeof createPlatform>;
export type LiveProcess = Process & { platform: Platform };

const INSTANCES_MAX = 3;
const RESTART_MS_MAX = 8000;
const NEWS_MS_MAX = 50;

type Listener = { process: Process; tell: () => void };

/** Several instances of the platform side by side. One that dies is started again after a while, or others take over meanwhile. */
export function createInstances(world: World) {
  const { scheduler, chance, trace, storage, plant } = world;
  const dice = chance.of('instances');
  const lives = Array.from({ length: dice.between(1, INSTANCES_MAX) }, () => 0);
  const slots: (LiveProcess | null)[] = lives.map(() => null);
  const listeners = { feed: new Set<Listener>(), inbox: new Set<Listener>() };
  let isScaledIn = false;
  let acting: Process | null = null;

  storage.feed.subscribe(() => broadcast('feed'));
  storage.inbox.subscribe(() => broadcast('inbox'));

  function start(slot: number): void {
    const life = (lives[slot] ?? 0) + 1;
    lives[slot] = life;
    const name = `i${slot + 1}`;
    const process: Process = { name, life: `${name}/${life}`, alive: true, frozenUntil: 0, frozenMs: 0 };
    const ports = createPorts(world, process);
    const platform = createPlatform(plant.ports?.(ports, { world, process }) ?? ports);
    const live = Object.assign(process, { platform: plant.platform?.(platform, { world }) ?? platform });
    slots[slot] = live;
    trace.say(name, `starts, life ${life}`);
    platform.startWorkers();
  }

  function kill(process: Process, why: string): void {
    if (!process.alive) return;
    process.alive = false;
    trace.say(process.name, `dies ${why}`);
    for (const kind of Object.values(listeners))
      for (const listener of kind) if (listener.process === process) kind.delete(listener);
    const slot = slots.indexOf(process as LiveProcess);
    slots[slot] = null;
    scheduler.after(chance.of('restart', process.name).between(50, RESTART_MS_MAX), () => {
      if (slots[slot] === null && (slot === 0 || !isScaledIn)) start(slot);
    });
  }

  function freeze(process: Process, ms: number): void {
    trace.say(process.name, `stands still for ${ms} ms`);
    const until = scheduler.now() + ms;
    process.frozenMs += Math.max(0, until - Math.max(process.frozenUntil, scheduler.now()));
    process.frozenUntil = Math.max(process.frozenUntil, until);
  }

  function broadcast(kind: keyof typeof listeners): void {
    for (const listener of listeners[kind]) {
      if (listener.process === acting) listener.tell();
      else scheduler.after(chance.of('news', listener.process.name).between(1, NEWS_MS_MAX), () => tellOne(listener));
    }
  }

  function tellOne({ process, tell }: Listener): void {
    if (process.alive) tell();
  }

  function listen(to: keyof typeof listeners, process: Process, tell: () => void): () => void {
    const listener = { process, tell };
    listeners[to].add(listener);
    return () => listeners[to].delete(listener);
  }

  function tellLater(process: Process, ms: number): void {
    scheduler.after(ms, () => {
      for (const listener of listeners.feed) if (listener.process === process) tellOne(listener);
    });
  }

  function actingAs<Value>(process: Process, effect: () => Value): Value {
    acting = process.alive ? process : null;
    try {
      return effect();
    } finally {
      acting = null;
    }
  }

  function anyProcess(scope: string): LiveProcess | null {
    const awake = slots.filter((process) => process !== null && process.frozenUntil <= scheduler.now());
    return awake.length === 0 ? null : chance.of('choice', scope).pick(awake);
  }

  function startAll(): void {
    for (const [slot, process] of slots.entries()) if (process === null) start(slot);
  }

  function scaleIn(): void {
    isScaledIn = true;
    for (const [slot, process] of slots.entries()) if (slot > 0 && process !== null) kill(process, 'for good');
  }

  return { scaleIn, kill, freeze, listen, tellLater, actingAs, anyProcess, startAll };
}
