import { createJsonLog } from '#adapters/system/log.ts';
import { isFault } from '#core/kit/fault.ts';
import { readConfig } from './config.ts';
import { startLocalServer } from './server.ts';
import { welcome } from './welcome.ts';

/** Answers that are on their way get this long when the storage has failed. */
const FAILED_GRACE_MS = 500;

process.umask(0o077);
try {
  const config = readConfig(process.env);
  const log = createJsonLog((line) => process.stderr.write(line));
  const server = await startLocalServer({
    config,
    log,
    onFailed: (fault) => setTimeout(() => fail(fault), FAILED_GRACE_MS),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void server.stop().then(() => process.exit(0), fail));
  process.stdout.write(welcome({ ...server, folder: config.folder }));
} catch (fault) {
  fail(fault);
}

/** One sentence for what a person can mend, the whole stack for a bug. */
function fail(fault: unknown): never {
  process.stderr.write(
    `florin: ${isFault(fault) ? fault.message : fault instanceof Error ? fault.stack : String(fault)}\n`,
  );
  process.exit(1);
}
