import assert from 'node:assert/strict';
import test from 'node:test';
import { INBOX_CONTRACT, REFERENCES_CONTRACT } from '#core/ingress/contract.ts';
import { createMemoryReferences } from '#core/ingress/memory.ts';
import { FEED_CONTRACT, JOURNAL_CONTRACT } from '#core/journal/contract.ts';
import { defined } from '#core/kit/assert.ts';
import { LEDGER_CONTRACT } from '#core/ledger/contract.ts';
import type { Ports } from '#entry/platform.ts';
import { createPorts } from './instance/ports.ts';
import type { Process } from './instance/process.ts';
import { NOTHING_PLANTED, type Plant } from './planted/plant.ts';
import { createWorld, type World } from './world.ts';

/** The ports of a process to which nothing happens: they must be what the real ones are. */

const PROCESS: Process = { name: 'i1', life: 'i1/1', alive: true, frozenUntil: 0, frozenMs: 0 };
const TIME_MS = 10_000;
const NO_LEAP = { dueAt: () => 0, isBehind: () => true };

function createPortsAlone(plant: Plant): { world: World; ports: Ports } {
  const faults = { kinds: new Set<never>(), without: new Set<string>() };
  const world = createWorld({ seed: 1, faults, keepTrace: false, plant });
  return { world, ports: createPorts(world, { ...PROCESS }) };
}

/** Virtual time goes on for as long as the case takes. */
async function inVirtualTime(work: (ports: Ports) => Promise<void>, plant: Plant = NOTHING_PLANTED): Promise<void> {
  const { world, ports } = createPortsAlone(plant);
  let isOver = false;
  const working = work(ports).finally(() => {
    isOver = true;
  });
  for (let ms = 0; !isOver; ms += 1) {
    assert.ok(ms < TIME_MS, 'it does not end');
    await world.scheduler.runUntil(world.scheduler.now() + 1, NO_LEAP);
  }
  await working;
}

for (const { name, run } of JOURNAL_CONTRACT)
  test(`simulated journal: ${name}`, () => inVirtualTime(({ journal }) => run(journal)));
for (const { name, run } of FEED_CONTRACT) test(`simulated feed: ${name}`, () => inVirtualTime(run));
for (const { name, run } of INBOX_CONTRACT)
  test(`simulated inbox: ${name}`, () => inVirtualTime(({ inbox }) => run(inbox)));
for (const { name, run } of LEDGER_CONTRACT)
  test(`simulated ledger: ${name}`, () => inVirtualTime(({ ledger }) => run(ledger)));

for (const { name, run } of REFERENCES_CONTRACT) {
  test(`simulated references: ${name}`, async () => {
    let ports: Ports | null = null;
    const plant: Plant = {
      storage: (storage) =>
        void Object.assign(storage, { references: createMemoryReferences((provider) => echoes(provider)) }),
    };
    let echoes: (provider: string) => boolean = () => false;
    await inVirtualTime((made) => {
      ports = made;
      return run((asked) => {
        echoes = asked;
        const { references, projections } = defined(ports ?? undefined, 'there are ports');
        const projection = defined(
          projections.find((candidate) => candidate.name === 'references'),
          'it is projected',
        );
        return { ...references, projection };
      });
    }, plant);
  });
}
