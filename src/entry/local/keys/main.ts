import { existsSync } from 'node:fs';
import { createSystemRandom } from '#adapters/system/clock.ts';
import { isFault } from '#core/kit/fault.ts';
import { readConfig } from '#entry/local/config.ts';
import { readTokenKeyIds, rotateTokenKeys } from '#entry/local/tokenKeys.ts';

/** The keys that the platform's own issuer signs access tokens with: lists them, or makes a new one that signs from the next start on. */
const USAGE = `usage: npm run keys                what there is, the one that signs first
       npm run keys -- rotate      a new key signs; tokens of the former ones stay good until they expire
       npm run keys -- withdraw    a new key signs; tokens of the former ones are refused`;

process.umask(0o077);
try {
  await run(process.argv.slice(2));
} catch (fault) {
  process.stderr.write(`florin: ${isFault(fault) ? fault.message : (fault as Error).stack}\n`);
  process.exit(1);
}

async function run([command, ...more]: readonly string[]): Promise<void> {
  const { folder } = readConfig(process.env);
  const isKnown = command === undefined || command === 'rotate' || command === 'withdraw';
  if (!isKnown || more.length > 0) return fail(USAGE);
  if (!existsSync(folder)) return fail(`florin: there is no ${folder}: the first start makes it, and its first key`);
  if (command === undefined) return print(readTokenKeyIds(folder).join('\n') || 'none yet: the first start makes one');
  const options = { random: createSystemRandom(), now: Date.now(), withdraw: command === 'withdraw' };
  const [signing, ...former] = await rotateTokenKeys(folder, options);
  print(`${signing} signs from the next start on; ${former.length} former ones stay until their tokens have expired`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
