/** What the core may not have of itself. The platform passes the real ones, a simulation its own. */
export type Clock = {
  /** Wall time, milliseconds since the epoch: what is written down. */
  now: () => number;
  /** Milliseconds that never go back, from an arbitrary origin, and that count while the process is frozen: what deadlines are measured by. */
  monotonic: () => number;
};

/** Cryptographically strong. */
export type Random = { bytes: (count: number) => Uint8Array };
