import { ALL_FAULTS, FAULT_KINDS, type FaultKind } from '../faultKinds.ts';
import type { Chance } from './chance.ts';
import type { Trace } from './trace.ts';

export type FaultOptions = {
  /** Kinds that may happen. */
  kinds: ReadonlySet<FaultKind>;
  /** Single faults that are left out, by their names: `crash@P3#1`. */
  without: ReadonlySet<string>;
};

export type Faults = ReturnType<typeof createFaults>;

/** A kind is left out of this share of all runs: bugs hide behind each other, and some need quiet around them. */
const LEFT_OUT = 0.45;
const QUIET_RUNS = 0.05;

/**
 * Decides what goes wrong. Each decision is about something (a payment, an instance) and has a name: the kind, what it is about, and a number.
 * Whether it goes wrong depends on that name and the seed, and on nothing else that happened: one can be left out, and the others stay.
 */
export function createFaults(chance: Chance, trace: Trace, { kinds, without }: FaultOptions) {
  const rates = ratesOf(chance, kinds);
  const counts = new Map<string, number>();
  const happened: string[] = [];
  let on = true;

  function happens(kind: FaultKind, about: string): boolean {
    const rate = rates[kind];
    if (!on || rate === 0) return false;
    if (chance.of(kind, about).next() >= rate) return false;
    const name = `${kind}@${about}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const fault = `${name}#${count}`;
    if (without.has(fault)) return false;
    happened.push(fault);
    trace.say('FAULT', fault, () => `${fault}: ${FAULT_KINDS[kind].text}`);
    return true;
  }

  return {
    happens,
    /** From here on nothing new goes wrong. */
    end: () => {
      on = false;
    },
    areOn: () => on,
    happened: (): readonly string[] => happened,
    rates,
  };
}

function ratesOf(chance: Chance, kinds: ReadonlySet<FaultKind>): Readonly<Record<FaultKind, number>> {
  const dice = chance.of('fault rates');
  const isQuiet = dice.next() < QUIET_RUNS;
  const rates = ALL_FAULTS.map((kind): [FaultKind, number] => {
    const [isLeftOut, strength] = [dice.next() < LEFT_OUT, 10 ** (1.3 * dice.next() - 0.6)];
    return [kind, isQuiet || isLeftOut || !kinds.has(kind) ? 0 : Math.min(0.9, FAULT_KINDS[kind].rate * strength)];
  });
  return Object.fromEntries(rates) as Record<FaultKind, number>;
}
