import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createSystemRandom } from '#adapters/system/clock.ts';
import { openTokenKeys, readTokenKeyIds, rotateTokenKeys } from './tokenKeys.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.parse('2026-01-02T03:04:05Z');
const random = createSystemRandom();

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'florin-keys-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const open = async (after = 0) => (await openTokenKeys(folder, { random, now: START + after })).map(({ kid }) => kid);
  const rotate = (after = 0, withdraw = false) => rotateTokenKeys(folder, { random, now: START + after, withdraw });
  return { folder, path: join(folder, 'token-keys.json'), open, rotate };
}

test('the first start makes a key, for this user only; the next ones have the same', async (t) => {
  const { path, open, folder } = setUp(t);
  const first = await open();
  assert.equal(first.length, 1);
  assert.deepEqual(await open(29 * DAY_MS), first);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readTokenKeyIds(folder), first);
});

test('a key of more than thirty days is replaced, and stays for two hours', async (t) => {
  const { open } = setUp(t);
  const [first] = await open();
  const later = 30 * DAY_MS + 1;
  const [second, ...former] = await open(later);
  assert.notEqual(second, first);
  assert.deepEqual(former, [first]);
  assert.deepEqual(await open(later + 2 * HOUR_MS), [second, first]);
  assert.deepEqual(await open(later + 2 * HOUR_MS + 1), [second]);
});

test('rotated by hand: the former keys stay, each for its own two hours', async (t) => {
  const { open, rotate } = setUp(t);
  const [first] = await open();
  const [second] = await rotate(HOUR_MS);
  const [third] = await rotate(2 * HOUR_MS);
  assert.deepEqual(await open(3 * HOUR_MS), [third, second, first]);
  assert.deepEqual(await open(3 * HOUR_MS + 1), [third, second]);
});

test('withdrawn: no former key is left', async (t) => {
  const { open, rotate, path } = setUp(t);
  const [first] = await open();
  const [second, ...former] = await rotate(0, true);
  assert.deepEqual(former, []);
  assert.deepEqual(await open(), [second]);
  assert.equal(readFileSync(path, 'utf8').includes(first ?? ''), false);
});

test('a file that was damaged is refused without a word of what is in it, and left as it is', async (t) => {
  const { open, path } = setUp(t);
  await open();
  const damaged = readFileSync(path, 'utf8').replace('"keys"', '"kees"');
  writeFileSync(path, damaged);
  await assert.rejects(open, {
    code: 'secrets_unreadable',
    message: /token-keys\.json is not what this platform wrote/,
  });
  assert.equal(readFileSync(path, 'utf8'), damaged);
});
