import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { ParkedStream } from '#core/payments/parking.ts';
import { openDerived } from './derived.ts';
import { createSqliteParking } from './parking.ts';

function openIn(folder: string) {
  const derived = openDerived({ folder, journalId: 'j', journalHead: 100 });
  return { derived, parking: createSqliteParking(derived) };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-parking-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const parked = (stream: string, position: number): ParkedStream => ({
  stream,
  seq: 2,
  position,
  reason: `why ${position}`,
  since: 1000 + position,
});
const plain = (list: readonly ParkedStream[]) => list.map((row) => ({ ...row }));

test('a parked stream is shown, in the order of the feed, and told apart from all others', (t) => {
  const { derived, parking } = openIn(temporaryFolder(t));
  assert.deepEqual(parking.list(), []);
  parking.park(parked('b', 9));
  parking.park(parked('a', 4));
  assert.deepEqual(plain(parking.list()), [parked('a', 4), parked('b', 9)]);
  assert.deepEqual(
    ['a', 'b', 'c'].map((stream) => parking.has(stream)),
    [true, true, false],
  );
  derived.close();
});

test('a stream is parked once: what it first waited for stays', (t) => {
  const { derived, parking } = openIn(temporaryFolder(t));
  parking.park(parked('a', 4));
  parking.park(parked('a', 7));
  assert.deepEqual(plain(parking.list()), [parked('a', 4)]);
  derived.close();
});

test('it is still parked after the file is opened again', (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  first.parking.park(parked('a', 4));
  first.derived.close();
  const second = openIn(folder);
  assert.equal(second.parking.has('a'), true);
  assert.deepEqual(plain(second.parking.list()), [parked('a', 4)]);
  second.derived.close();
});
