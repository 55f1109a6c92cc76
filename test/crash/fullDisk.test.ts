import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { withSeed } from '../support/seeded.ts';
import { startRefused, startServer } from '../support/server.ts';
import { FORGETFUL, startSimulator } from '../support/simulator.ts';
import { startLoad } from './load.ts';
import { assertAllTrue } from './truth.ts';

const SMALL = '3m';
const ROOMY = '64m';
const PAGE_BYTES = 4096;
const PAYMENTS_MAX = 5000;

describe('a full disk', { concurrency: 3 }, () => {
  test('under load: it ends with a clear message, and with more room every answer is still true', (t) =>
    onSmallDisk(t, (disk) => fillUp(t, disk)));

  // So many pages are left: each is used up at another step of a start.
  for (const pages of [0, 1, 5, 18, 44]) {
    test(`at the first start, ${pages} pages short of full: it says so, and with more room it starts`, (t) =>
      onSmallDisk(t, (disk) => assertStartTellsWhy(disk, pages)));
  }

  for (const pages of [1, 12, 17, 20]) {
    test(`at a later start, ${pages} pages short of full: it says so, and with more room it starts`, (t) =>
      onSmallDisk(t, async (disk) => {
        await using server = await startServer({ folder: disk.folder, simulatorUrl: null });
        assert.equal((await server.stop()).code, 0);
        await assertStartTellsWhy(disk, pages);
      }));
  }
});

async function onSmallDisk(t: TestContext, run: (disk: Disk) => Promise<void>): Promise<void> {
  const disk = mountDisk(SMALL);
  if (disk === null) return t.skip('a disk of a few megabytes can be made by root on Linux only');
  try {
    await run(disk);
  } finally {
    disk.unmount();
  }
}

/** A start that gets by with what is left is as good. */
async function assertStartTellsWhy(disk: Disk, pages: number): Promise<void> {
  disk.fillBut(pages);
  const { signal, code, output } = await startRefused({ folder: disk.folder, simulatorUrl: null });
  if (signal === null) {
    assert.equal(code, 1, output);
    assert.match(output, /^florin: .+\b(?:is full|failed)\b/m);
    assert.doesNotMatch(output, /^\s+at /m, 'one sentence, no stack');
  }
  disk.resize(ROOMY);
  await using server = await startServer({ folder: disk.folder, simulatorUrl: null });
  assert.equal((await server.stop()).code, 0);
}

async function fillUp(t: TestContext, disk: Disk): Promise<void> {
  await withSeed(async (dice) => {
    await using simulator = await startSimulator(FORGETFUL);
    await using server = await startServer({ folder: disk.folder, simulatorUrl: simulator.url });
    await using client = await createApiClient(server);
    await using load = startLoad({ client, dice, concurrency: 16, paymentsMax: PAYMENTS_MAX });

    const { code, signal } = await server.child().ended;
    assert.deepEqual({ code, signal }, { code: 1, signal: null }, server.child().output());
    assert.match(server.child().output(), /^florin: the disk that holds .+ is full/m);
    t.diagnostic(`full after ${load.answered()} answers`);
    assert.ok(load.answered() > 0);

    disk.resize(ROOMY);
    await server.restart();
    const attempts = await load.stop();
    assert.equal(load.answered(), attempts.length, 'every client has its answer in the end');
    await assertAllTrue({ client, attempts, simulatorUrl: simulator.url });
    assert.equal((await server.stop()).code, 0);
  });
}

type Disk = { folder: string; fillBut: (pages: number) => void; resize: (size: string) => void; unmount: () => void };

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
    fillBut: (pages) => fillFile(join(mountPoint, 'filler'), pages),
    resize: (larger) => void execFileSync('mount', ['-o', `remount,size=${larger}`, mountPoint], { stdio: 'ignore' }),
    unmount: () => {
      process.off('exit', unmount);
      unmount();
    },
  };
}

function fillFile(path: string, pagesLeft: number): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(PAGE_BYTES));
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, 'ENOSPC');
    ftruncateSync(file, fstatSync(file).size - pagesLeft * PAGE_BYTES);
  } finally {
    closeSync(file);
  }
}
