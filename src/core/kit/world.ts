/** What the core may not have of itself. The platform passes the real ones, a simulation its own. */
export type Clock = {
  /** Wall time, milliseconds since the epoch: what is written down. */
  now: () => number;
  /** Milliseconds that never go back, from an arbitrary origin, and that count while the process is frozen: what deadlines are measured by. */
  monotonic: () => number;
};

/** Waiting. Work runs once: never early, perhaps late, never from within the call that asked for it. */
export type Timers = {
  /** Runs the work after so many milliseconds; returns what calls it off. */
  after: (ms: number, work: () => void) => () => void;
  /** Runs the work as soon as everything else that waits has had its turn. */
  soon: (work: () => void) => void;
};

/** Cryptographically strong. */
export type Random = { bytes: (count: number) => Uint8Array };
