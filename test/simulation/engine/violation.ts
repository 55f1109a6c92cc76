import type { InvariantName } from '../invariants/names.ts';

/** Something that must never be. `about`: the payment or the thing, as the trace names it. */
export type Violation = { invariant: InvariantName; about: string; what: string };
