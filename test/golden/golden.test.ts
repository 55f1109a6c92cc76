import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { findChainBreak } from '#core/journal/chain.ts';
import { openCommit, sha256 } from '#core/journal/commit.ts';
import { isFault } from '#core/kit/fault.ts';
import { EVENT_TYPES } from '#core/payments/codec.ts';
import { foldHistory, latest } from '#core/payments/history.ts';
import { type GoldenFile, plain } from './corpus.ts';
import { fileOf, SCENARIOS } from './scenarios.ts';

const FOLDER = new URL('./corpus/', import.meta.url);
const files = readdirSync(FOLDER).sort();
const read = (file: string) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as GoldenFile;

for (const file of files) {
  test(`${file} folds to what it was written to mean`, () => {
    const { commits, payment } = read(file);
    assert.equal(findChainBreak(commits), null);
    assert.deepEqual(plain(latest(foldHistory(commits[0]?.stream ?? '', commits))), payment);
  });
}

test('there is a file of every scenario, and every kind of event that is written stands in one', () => {
  assert.deepEqual(Object.keys(SCENARIOS).map(fileOf).sort(), files);
  const written = new Set(
    files.flatMap((file) =>
      read(file).commits.flatMap((commit) => openCommit(commit).events.map((event) => event.type)),
    ),
  );
  assert.deepEqual([...written].sort(), [...EVENT_TYPES].sort());
});

test('an event of a version that is not known yet is a fault that can be retried, and no guess', () => {
  const [commit] = read('v1-approved.json').commits;
  assert.ok(commit);
  for (const [from, to] of [
    ['"v":1', '"v":3'],
    ['"v":1', '"v":0'],
    ['"v":1', '"v":1.5'],
    ['"payment.created"', '"payment.invented"'],
  ] as const) {
    const facts = commit.facts.replace(from, to);
    const later = { ...commit, facts, hash: sha256(facts) };
    assert.throws(
      () => foldHistory(later.stream, [later]),
      (fault) => isFault(fault) && fault.retryable && fault.code === 'event_version_unknown',
    );
  }
});
