import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

// At the very end, when the children that may write into them have been killed.
process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
});

/** A new empty folder that is gone after the tests of this process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-test-'));
  made.push(folder);
  return folder;
}
