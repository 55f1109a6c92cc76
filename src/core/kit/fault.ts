/**
 * Infrastructure that failed: a full disk, a lost connection, a damaged file. Thrown, because no caller in the
 * core can decide anything about it. `retryable` says whether the same call may succeed later.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable;
  }
}

export function isFault(error: unknown): error is Fault {
  return error instanceof Fault;
}
