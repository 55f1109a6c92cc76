import type { Clock } from '#core/kit/world.ts';

/** The window is ten slots of a second: counting is constant work an exchange. */
const SLOT_MS = 1000;
const SLOTS = 10;
const EXCHANGES_MIN = 20;
const FAULT_SHARE_MAX = 0.5;
const HALF_OPEN_AFTER_MS = 5000;
/** While half open, one exchange is tried in this time. */
const TRIAL_EVERY_MS = 1000;

type Slot = { number: number; exchanges: number; faults: number };
type Circuit = { slots: Slot[]; openedAt: number | null; triedAt: number };

/** `half_open`: one exchange is let through now and then. */
export type CircuitState = 'closed' | 'open' | 'half_open';

/**
 * Keeps new work away from an account whose provider doesn't answer. Looked at before `operation.sent` is written, never after: what is on
 * disk is sent. It opens at half faults among at least twenty exchanges in ten seconds, and lets one through now and then after five.
 */
export function createBreaker({ clock }: { clock: Pick<Clock, 'monotonic'> }) {
  const circuits = new Map<string, Circuit>();

  function circuitOf(account: string): Circuit {
    const known = circuits.get(account) ?? { slots: [], openedAt: null, triedAt: 0 };
    circuits.set(account, known);
    return known;
  }

  function mayPass(account: string): boolean {
    const circuit = circuitOf(account);
    if (circuit.openedAt === null) return true;
    const now = clock.monotonic();
    if (now < circuit.openedAt + HALF_OPEN_AFTER_MS || now < circuit.triedAt + TRIAL_EVERY_MS) return false;
    circuit.triedAt = now;
    return true;
  }

  /** `fault`: no connection, no answer, or one that says nothing. A decline is a healthy answer. `beganAt`: monotonic. */
  function record(account: string, fault: boolean, beganAt: number): void {
    const circuit = circuitOf(account);
    const now = clock.monotonic();
    if (circuit.openedAt !== null) {
      // Only what was tried since then tells anything new.
      if (beganAt < circuit.openedAt + HALF_OPEN_AFTER_MS) return;
      circuit.openedAt = fault ? now : null;
      circuit.slots = [];
      return;
    }
    count(circuit, Math.floor(now / SLOT_MS), fault);
    if (fault && isFaulty(circuit)) circuit.openedAt = now;
  }

  /** Accounts whose circuit is open or half open. */
  const openCount = (): number => [...circuits.values()].filter(({ openedAt }) => openedAt !== null).length;

  /** Looks, and takes no trial. */
  function stateOf(account: string): CircuitState {
    const openedAt = circuits.get(account)?.openedAt ?? null;
    if (openedAt === null) return 'closed';
    return clock.monotonic() < openedAt + HALF_OPEN_AFTER_MS ? 'open' : 'half_open';
  }

  return { mayPass, record, openCount, stateOf };
}

export type Breaker = Pick<ReturnType<typeof createBreaker>, 'mayPass' | 'record'>;

function count(circuit: Circuit, number: number, fault: boolean): void {
  let slot = circuit.slots.at(-1);
  if (slot?.number !== number) {
    slot = { number, exchanges: 0, faults: 0 };
    circuit.slots = [...circuit.slots.filter((other) => other.number > number - SLOTS), slot];
  }
  slot.exchanges += 1;
  slot.faults += Number(fault);
}

function isFaulty({ slots }: Circuit): boolean {
  const exchanges = slots.reduce((total, slot) => total + slot.exchanges, 0);
  const faults = slots.reduce((total, slot) => total + slot.faults, 0);
  return exchanges >= EXCHANGES_MIN && faults / exchanges >= FAULT_SHARE_MAX;
}
