import assert from 'node:assert/strict';
import test from 'node:test';
import type { StoredCommit } from '#core/journal/commit.ts';
import { createMemoryJournal } from '#core/journal/memory.ts';
import { isFault } from '#core/kit/fault.ts';
import { createHistories, emptyHistory, foldHistory, foldOn, type History, latest } from './history.ts';
import { createRememberedFolds } from './rememberedFolds.ts';
import { createCommand, ID, START, tell, when } from './testKit.ts';

async function commitsOf(stream = ID): Promise<readonly StoredCommit[]> {
  const { journal } = createMemoryJournal();
  const random = { bytes: (count: number) => new Uint8Array(count).fill(1) };
  const histories = createHistories({ journal, clock: { now: () => START, monotonic: () => 0 }, random });
  let history: History = emptyHistory(stream);
  for (const command of [createCommand(), tell(1, 'succeeded')]) {
    const decision = when(latest(history), command);
    assert.ok(decision.ok);
    const appended = await histories.append(history, decision.value, null);
    assert.ok(appended !== 'conflict');
    history = appended;
  }
  return await journal.read(stream);
}

/** As read again: other objects with the same content. */
function again(commits: readonly StoredCommit[]): readonly StoredCommit[] {
  return commits.map((commit) => ({ ...commit }));
}

test('a stream that goes on is folded from where it was known', async () => {
  const commits = await commitsOf();
  assert.ok(commits.length > 1);
  const fold = createRememberedFolds(1, foldOn);
  const first = fold(ID, commits.slice(0, 1));
  const whole = fold(ID, again(commits));
  assert.deepEqual(whole, foldHistory(ID, commits));
  assert.equal(whole.versions[0], first.versions[0], 'what was known is not folded again');
  assert.deepEqual(fold(ID, commits.slice(0, 1)), first, 'a reader that is behind is given what it read');
});

test('what differs from what was known is folded anew', async () => {
  const commits = await commitsOf();
  const fold = createRememberedFolds(1, foldOn);
  fold(ID, commits);
  const [first, ...others] = commits as [StoredCommit, ...StoredCommit[]];
  const erased = [{ ...first, personal: null }, ...others];
  assert.ok(latest(fold(ID, commits))?.personal !== null);
  assert.equal(latest(fold(ID, erased))?.personal, null);
  const damaged = [{ ...first, facts: first.facts.replace('EUR', 'USD') }, ...others];
  assert.throws(
    () => fold(ID, damaged),
    (fault) => isFault(fault) && fault.code === 'commit_damaged',
  );
  assert.throws(
    () => fold(ID, others),
    (fault) => isFault(fault) && fault.code === 'stream_gap',
  );
});

test('of more streams than that, the one that was read longest ago is forgotten', async () => {
  const fold = createRememberedFolds(2, foldOn);
  const ids = ['a', 'b', 'c'].map((letter) => `pay_${letter.repeat(32)}`);
  const all = await Promise.all(ids.map(commitsOf));
  const read = (place: number) => fold(ids[place] ?? '', all[place] ?? []).versions[0];
  const [first, second] = [read(0), read(1)];
  assert.equal(read(0), first);
  read(2);
  assert.equal(read(0), first);
  assert.notEqual(read(1), second);
});
