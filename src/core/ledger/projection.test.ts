import assert from 'node:assert/strict';
import test from 'node:test';
import { sealCommit } from '#core/journal/commit.ts';
import type { LedgerStore } from '#core/ledger/ports.ts';
import type { FoldedCommit } from '#core/payments/projection.ts';
import { createCommand, ID, tell } from '#core/payments/testKit.ts';
import { createMemoryLedger } from './memory.ts';
import { createLedgerProjection } from './projection.ts';
import { historyOf } from './testKit.ts';

const ledgerProjection = (ledger: LedgerStore) =>
  createLedgerProjection({
    ledger,
    parking: { has: () => false, park: () => assert.fail(), list: () => [] },
    clock: { now: () => 0 },
    log: { info: () => {}, error: () => {} },
  });

const history = historyOf([createCommand({ capture: 'automatic' }), tell(1, 'succeeded')]);

/** Commit 2 of the payment, at a position. What it says is in the history. */
function folded(position: number): FoldedCommit {
  const draft = { stream: ID, seq: 2, commitId: 'c', at: 1, previous: 'p', command: null, personal: null };
  const commit = sealCommit({ ...draft, events: [{ type: 'operation.succeeded', v: 1 }] });
  return { position, commit, history };
}

test('each commit of a batch is posted, and none that the ledger has seen', async () => {
  const ledger = createMemoryLedger();
  const projection = ledgerProjection(ledger);
  await projection.save([], 4, [folded(4)]);
  await projection.save([], 6, [folded(4), folded(6)]);
  assert.equal(projection.position(), 6);
  const [payable] = await ledger.totals({ merchant: null, asOf: null });
  assert.equal(payable?.debitMinor, 2000n);
});

test('a commit that can not be posted parks its stream, and the other streams are posted', async () => {
  const ledger = createMemoryLedger();
  const parked: string[] = [];
  const projection = createLedgerProjection({
    ledger,
    parking: { has: (stream) => parked.includes(stream), park: ({ stream }) => parked.push(stream), list: () => [] },
    clock: { now: () => 0 },
    log: { info: () => {}, error: () => {} },
  });
  const [version, ...rest] = history.versions;
  assert.ok(version);
  const other = {
    ...history,
    stream: 'pay_other',
    versions: [version, ...rest.map((later) => ({ ...later, postings: 9 }))],
  };
  const bad = { ...folded(5), commit: { ...folded(5).commit, stream: 'pay_other' }, history: other };
  await projection.save([], 7, [bad, { ...bad, position: 6 }, folded(7)]);
  assert.deepEqual(parked, ['pay_other']);
  const [payable] = await ledger.totals({ merchant: null, asOf: null });
  assert.equal(payable?.debitMinor, 1000n);
});
