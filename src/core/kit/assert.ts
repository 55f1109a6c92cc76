/** A broken invariant of ours. It is a bug, so it crashes the work in hand and raises an alarm; it is never an answer to a client. */
export class BugError extends Error {
  override readonly name = 'BugError';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BugError(message);
}

/** Narrows away `undefined` where the code above has already made it impossible. */
export function defined<Value>(value: Value | undefined, message: string): Value {
  assert(value !== undefined, message);
  return value;
}
