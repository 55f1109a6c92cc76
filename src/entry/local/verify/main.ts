import { isFault } from '#core/kit/fault.ts';
import { readConfig } from '#entry/local/config.ts';
import { verify } from './verify.ts';

/** Recomputes everything that was made from the journal, and names the first difference. The server may run meanwhile. */
try {
  const began = performance.now();
  const difference = await verify({ ...readConfig(process.env), print: (line) => process.stdout.write(`${line}\n`) });
  if (difference !== null) {
    process.stdout.write(`\nDIFFERENCE at ${difference.where}: ${difference.what}\n`);
    process.exit(1);
  }
  process.stdout.write(`\nno difference, ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
} catch (fault) {
  process.stderr.write(`florin: ${isFault(fault) ? fault.message : (fault as Error).stack}\n`);
  process.exit(1);
}
