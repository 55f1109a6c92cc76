import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { withSeed } from '../support/seeded.ts';
import { startRefused, startServer } from '../support/server.ts';
import { FORGETFUL, startSimulator } from '../support/simulator.ts';
import { startLoad } from './load.ts';
import { assertAllTrue } from './truth.ts';

const SMALL = '3m';
const ROOMY = '64m';
const PAYMENTS_MAX = 5000;

test('a disk that fills up under load: it ends with a clear message, and with more room every answer is still true', async (t) => {
  const disk = mountDisk(SMALL);
  if (disk === null) return t.skip('a disk of a few megabytes can be made by root on Linux only');
  try {
    await fillUp(t, disk);
  } finally {
    disk.unmount();
  }
});

async function fillUp(t: TestContext, disk: Disk): Promise<void> {
  await withSeed(async (dice) => {
    await using simulator = await startSimulator(FORGETFUL);
    const options = { folder: disk.folder, simulatorUrl: simulator.url };
    await using server = await startServer(options);
    await using client = await createApiClient(server);
    const load = startLoad({ client, dice, concurrency: 16, paymentsMax: PAYMENTS_MAX });

    const { code, signal } = await server.child().ended;
    assert.deepEqual({ code, signal }, { code: 1, signal: null }, server.child().output());
    assert.match(server.child().output(), /^florin: the disk that holds .+ is full/m);
    t.diagnostic(`full after ${load.answered()} answers`);
    assert.ok(load.answered() > 0);

    // It may start, if SQLite makes room by itself; if not, it says why.
    const again = await startRefused(options);
    if (again.code !== null) assert.match(again.output, /^florin: .*\bfull\b/m);

    disk.resize(ROOMY);
    await server.restart();
    const attempts = await load.stop();
    assert.equal(load.answered(), attempts.length, 'every client has its answer in the end');
    await assertAllTrue({ client, attempts, simulatorUrl: simulator.url });
    assert.equal((await server.stop()).code, 0);
  });
}

type Disk = { folder: string; resize: (size: string) => void; unmount: () => void };

/** A file system of its own in memory; null where that is not allowed. */
function mountDisk(size: string): Disk | null {
  const mountPoint = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', mountPoint], { stdio: 'ignore' });
  } catch {
    return null;
  }
  // Lazily: what still has a file open there must not keep it.
  const unmount = () => void execFileSync('umount', ['-l', mountPoint], { stdio: 'ignore' });
  process.once('exit', unmount);
  const folder = join(mountPoint, 'data');
  mkdirSync(folder);
  return {
    folder,
    resize: (larger) => void execFileSync('mount', ['-o', `remount,size=${larger}`, mountPoint], { stdio: 'ignore' }),
    unmount: () => {
      process.off('exit', unmount);
      unmount();
    },
  };
}
