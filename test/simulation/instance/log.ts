import { isFault } from '#core/kit/fault.ts';
import type { Log } from '#core/kit/log.ts';
import type { World } from '../world.ts';
import type { Process } from './process.ts';

/** Errors go into the trace. A Fault is the storage's; anything else that was thrown is a bug. */
export function createProcessLog(world: World, process: Process): Log {
  return {
    info: () => {},
    error: (message, fields = {}) => {
      const { fault, ...others } = fields;
      if (typeof others['operation'] === 'number') world.watch.told(String(others['payment']), others['operation']);
      const about = Object.values(others)
        .map((value) => world.names.operation(String(value)))
        .join(' ');
      const why = fault instanceof Error ? ` (${fault.message})` : '';
      world.trace.say(process.name, `logs: ${message} ${about}${why}`);
      if (fault !== undefined && !isFault(fault)) world.reportBug(process.name, fault);
    },
  };
}
