import { maskEscapedCardNumbers } from '#core/kit/escapedCardNumber.ts';
import { isFault } from '#core/kit/fault.ts';
import type { Log, LogFields } from '#core/kit/log.ts';

/** One JSON object a line. */
export function createJsonLog(write: (line: string) => void): Log {
  function log(level: string, message: string, fields: LogFields = {}): void {
    const line = JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }, (_, value: unknown) =>
      value instanceof Error ? describe(value) : value,
    );
    write(`${maskEscapedCardNumbers(line)}\n`);
  }
  return {
    info: (message, fields) => log('info', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

/** A bug is told with its stack; a fault says enough by its code. */
function describe(error: Error): object {
  const { name, message, stack } = error;
  return isFault(error) ? { name, code: error.code, retryable: error.retryable, message } : { name, message, stack };
}
